import { ExtractionLimit } from '../../archives/index.js';
import { DatasetsError } from '../../core/errors/index.js';

export interface MemberLimits {
  /** Bytes of the largest member that is held in memory; default 256 MiB. */
  readonly maxMemberBytes?: number;
  /** How many times its own size an archive may become, once that is more than 64 MiB; default 200. */
  readonly maxExtractionRatio?: number;
}

const defaultMaxMemberBytes = 256 << 20;
const defaultMaxExtractionRatio = 200;

/** What an archive becomes, against its limit. */
export function extractionLimit(
  { maxExtractionRatio = defaultMaxExtractionRatio }: MemberLimits,
  archive: string,
  archiveBytes: number,
): ExtractionLimit {
  // Nothing is written, so no size is too large by itself.
  const limits = { maxExtractionRatio, maxExtractedBytes: Number.POSITIVE_INFINITY };
  return new ExtractionLimit(limits, archive, archiveBytes);
}

/** @throws DatasetsError LIMIT_EXCEEDED for a member that is too large to be an element */
export function checkMemberBytes(
  { maxMemberBytes = defaultMaxMemberBytes }: MemberLimits,
  name: string,
  bytes: number,
): void {
  if (bytes <= maxMemberBytes) return;
  throw new DatasetsError(
    'LIMIT_EXCEEDED',
    `${name} has ${bytes} bytes; a member that becomes an element may have ${maxMemberBytes}`,
    {
      hint: 'Leave it out by { pattern }, raise { maxMemberBytes }, or read its content from a file: p.download({ url, extract: true }).',
      at: { file: name },
    },
  );
}
