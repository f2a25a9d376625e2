import { DatasetsError } from '../core/errors/index.js';
import type { Checksum } from './checksums/checksums-file.js';
import type { DownloadSettings } from './download-settings.js';

export function checksumMissing(url: string, { dataset, checksumsFile }: DownloadSettings): DatasetsError {
  return new DatasetsError(
    'CHECKSUM_MISSING',
    `nobody has said what ${url} must contain: ${checksumsFile} does not name it`,
    {
      hint: `Fetch it once and register it: ailab-datasets build ${dataset} --register-checksums; then look at ${checksumsFile} and commit it.`,
      at: { dataset, file: url },
    },
  );
}

/** @param found what came; only its size where that is too large already. */
export function checksumMismatch(
  url: string,
  expected: Pick<Checksum, 'sha256'> & { readonly bytes: number | undefined },
  found: { readonly bytes: number; readonly sha256?: string },
  { dataset, checksumsFile }: DownloadSettings,
): DatasetsError {
  const wanted = `sha256 ${expected.sha256}${expected.bytes === undefined ? '' : `, ${expected.bytes} bytes`}`;
  const came =
    found.sha256 === undefined ? `more: ${found.bytes} bytes` : `sha256 ${found.sha256}, ${found.bytes} bytes`;
  return new DatasetsError(
    'CHECKSUM_MISMATCH',
    `${url} is not what was registered. Registered: ${wanted}. Came: ${came}`,
    {
      hint: `If its owner has changed it, look at what is new, raise the version, and register it: ailab-datasets build ${dataset} --register-checksums (which writes ${checksumsFile}).`,
      at: { dataset, file: url },
    },
  );
}

export function notCached(url: string, { dataset }: DownloadSettings): DatasetsError {
  return new DatasetsError('BUILD_REFUSED', `${dataset} downloads ${url}, which is not on this machine`, {
    hint: `Fetch it knowingly: ailab-datasets build ${dataset} --download-only; or build it: load(..., { build: 'always' }).`,
    at: { dataset, file: url },
  });
}

export function tooMuch(url: string, bytes: number, { dataset, maxDownloadBytes }: DownloadSettings): DatasetsError {
  return new DatasetsError(
    'LIMIT_EXCEEDED',
    `the downloads of ${dataset} are larger than the limit of ${maxDownloadBytes} bytes: ${url} has ${bytes} or more`,
    { hint: 'Raise the setting maxDownloadBytes if that much is meant.', at: { dataset, file: url } },
  );
}
