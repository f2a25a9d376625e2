import { readFile } from 'node:fs/promises';
import { DatasetsError } from '../../core/errors/index.js';
import { replaceFile, storageError, systemErrorCode } from '../../storage/index.js';

/** What a download must be. */
export interface Checksum {
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly fileName: string | undefined;
}

export type Checksums = ReadonlyMap<string, Checksum>;

/**
 * Reads a file of checksums in tfds' format (tensorflow_datasets/core/download/checksums.py): URL, size, sha256 and file name, separated by tabs; older
 * files have no file name, or spaces in place of tabs. A file that isn't there is empty.
 *
 * @throws DatasetsError BUILDER_INVALID with the line that is wrong.
 */
export async function readChecksums(file: string): Promise<Checksums> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if (systemErrorCode(cause) === 'ENOENT') return new Map();
    throw storageError(cause, 'read', file);
  }
  return parseChecksums(text, file);
}

export function parseChecksums(text: string, file: string): Checksums {
  const checksums = new Map<string, Checksum>();
  text.split('\n').forEach((line, index) => {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) return;
    const fields = trimmed.includes('\t') ? trimmed.split('\t') : splitAtSpaces(trimmed);
    const [url, size, sha256, fileName] = fields;
    const valid = url !== undefined && /^\d+$/.test(size ?? '') && /^[0-9a-f]{64}$/i.test(sha256 ?? '');
    if (!valid || sha256 === undefined || fields.length > 4) throw malformed(file, index + 1);
    checksums.set(url, { bytes: Number(size), sha256: sha256.toLowerCase(), fileName: fileName || undefined });
  });
  return checksums;
}

/** A URL of an older file may hold spaces; size and digest do not. */
function splitAtSpaces(line: string): readonly string[] {
  const parts = line.split(' ');
  return [parts.slice(0, -2).join(' '), ...parts.slice(-2)];
}

/** Sorted by URL, by code points as Python sorts: the same checksums give the same bytes. */
export function formatChecksums(checksums: Checksums): string {
  return [...checksums]
    .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([url, { bytes, sha256, fileName }]) => `${url}\t${bytes}\t${sha256}\t${fileName ?? ''}\n`)
    .join('');
}

/**
 * Adds checksums to a file, in place of what it says of the same URLs; the others stay. Returns whether anything changed.
 *
 * @throws DatasetsError STORAGE_FAILED, STORAGE_FULL
 */
export async function registerChecksums(file: string, added: Checksums): Promise<boolean> {
  const before = await readChecksums(file);
  const text = formatChecksums(new Map([...before, ...added]));
  if (text === formatChecksums(before)) return false;
  await replaceFile(file, text);
  return true;
}

function malformed(file: string, line: number): DatasetsError {
  return new DatasetsError(
    'BUILDER_INVALID',
    `${file} line ${line} is not "URL, size, sha256, file name" with tabs between`,
    {
      hint: 'Remove the line and write it anew: ailab-datasets build --register-checksums.',
      at: { file },
    },
  );
}
