import { type FileHandle, open } from 'node:fs/promises';
import { absolutePath } from '../files/location.js';
import type { SourceFile } from '../files/resolve-files.js';
import type { SourceContext } from '../source.js';
import { type FileRange, isGzip, wholeFile } from './file-range.js';
import { blockBytes } from './read-blocks.js';

/**
 * Ranges of a file whose records end at every line feed: about `rangeBytes` each, cut behind the first line feed at or after each multiple of it. Only the bytes
 * around the cuts are read. A gzip file is one range.
 */
export async function splitAtLines(
  file: SourceFile,
  context: SourceContext,
  rangeBytes: number,
): Promise<readonly FileRange[]> {
  if (isGzip(file.name) || file.bytes <= rangeBytes) return [wholeFile(file)];
  const handle = await open(absolutePath(file.location, context));
  try {
    const starts = [0];
    for (let target = rangeBytes; target < file.bytes; target += rangeBytes) {
      const start = await lineStartAfter(handle, target, file.bytes);
      const previous = starts.at(-1) ?? 0;
      if (start > previous && start < file.bytes) starts.push(start);
    }
    return starts.map((from, i) => ({
      ...wholeFile(file),
      from,
      to: starts[i + 1] ?? file.bytes,
      line: from === 0 ? 1 : null,
    }));
  } finally {
    await handle.close();
  }
}

/** The first offset from `target` on at which a line starts; `fileBytes` when there is none. */
async function lineStartAfter(handle: FileHandle, target: number, fileBytes: number): Promise<number> {
  const block = Buffer.allocUnsafe(blockBytes);
  // A line that starts exactly at `target` is preceded by a line feed.
  for (let at = target - 1; at < fileBytes; ) {
    const { bytesRead } = await handle.read(block, 0, blockBytes, at);
    if (bytesRead === 0) break;
    const found = block.subarray(0, bytesRead).indexOf(0x0a);
    if (found >= 0) return at + found + 1;
    at += bytesRead;
  }
  return fileBytes;
}
