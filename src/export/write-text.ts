import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { DatasetsError } from '../core/errors/index.js';

/** Lines are gathered to chunks of about this size: a write for each would cost more than the line. */
const chunkCharacters = 1 << 16;

/**
 * Writes lines to a file that appears only when it is complete; a name that ends in `.gz` is compressed.
 *
 * @param file absolute path; its folder is made
 * @throws DatasetsError STORAGE_FULL, STORAGE_FAILED; what `lines` throws passes through. Nothing is left behind.
 */
export async function writeTextFile(file: string, lines: AsyncIterable<string>, signal?: AbortSignal): Promise<void> {
  const temporary = join(dirname(file), `.tmp-${randomUUID()}-${basename(file)}`);
  const options = signal === undefined ? {} : { signal };
  try {
    await mkdir(dirname(file), { recursive: true });
    // Opened here, not by the stream, which could do so after a failure had been cleaned up.
    const output = (await open(temporary, 'w')).createWriteStream();
    if (file.endsWith('.gz')) await pipeline(chunks(lines), createGzip(), output, options);
    else await pipeline(chunks(lines), output, options);
    await rename(temporary, file);
  } catch (error) {
    // Where even the folder is missing there is nothing to remove, and the first error is the one to show.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw storageFault(error, file);
  }
}

async function* chunks(lines: AsyncIterable<string>): AsyncGenerator<Buffer> {
  let text = '';
  for await (const line of lines) {
    text += line;
    if (text.length < chunkCharacters) continue;
    yield Buffer.from(text);
    text = '';
  }
  if (text !== '') yield Buffer.from(text);
}

function storageFault(error: unknown, file: string): unknown {
  if (error instanceof DatasetsError || !(error instanceof Error) || !('code' in error)) return error;
  if (error.name === 'AbortError')
    return new DatasetsError('INTERRUPTED', `writing ${file} was interrupted`, { cause: error });
  const full = error.code === 'ENOSPC' || error.code === 'EDQUOT';
  return new DatasetsError(full ? 'STORAGE_FULL' : 'STORAGE_FAILED', `${file} can't be written: ${error.message}`, {
    hint: full ? 'Free some space, or export to another disk.' : 'See whether the folder is there and yours to write.',
    cause: error,
    at: { file },
  });
}
