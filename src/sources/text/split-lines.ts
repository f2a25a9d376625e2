import { compressionOf } from '../files/compression.js';
import { openFile } from '../files/open-file.js';
import type { OpenedFile } from '../files/opened-file.js';
import type { SourceFile } from '../files/resolve-files.js';
import type { SourceContext } from '../source.js';
import { type FileRange, wholeFile } from './file-range.js';
import { blockBytes } from './read-blocks.js';

/**
 * Ranges of a file whose records end at every line feed: about `rangeBytes` each, cut behind the first line feed at or after each multiple of it. Only the bytes
 * around the cuts are read. A compressed file is one range.
 */
export async function splitAtLines(
  file: SourceFile,
  context: SourceContext,
  rangeBytes: number,
): Promise<readonly FileRange[]> {
  if (compressionOf(file.name) !== undefined || file.bytes <= rangeBytes) return [wholeFile(file)];
  const opened = await openFile(file.location, file.bytes, context);
  try {
    const starts = [0];
    for (let target = rangeBytes; target < file.bytes; target += rangeBytes) {
      const start = await lineStartAfter(opened, target);
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
    await opened.close();
  }
}

/** The first offset from `target` on at which a line starts; the file's end when there is none. */
async function lineStartAfter(file: OpenedFile, target: number): Promise<number> {
  const block = Buffer.allocUnsafe(blockBytes);
  // A line that starts exactly at `target` is preceded by a line feed.
  for (let at = target - 1; at < file.bytes; ) {
    const bytes = await file.read(at, Math.min(blockBytes, file.bytes - at), block);
    if (bytes.length === 0) break;
    const found = bytes.indexOf(0x0a);
    if (found >= 0) return at + found + 1;
    at += bytes.length;
  }
  return file.bytes;
}
