import type { SourceContext } from '../source.js';
import { countLineFeeds } from './decode.js';
import type { FileRange } from './file-range.js';
import { readPlainBlocks } from './read-blocks.js';

/** Line feeds of a plain file before a range. Reads the file up to there (about 1 GB/s), so only for messages. */
export function countLinesBefore(range: FileRange, context: SourceContext): number {
  let lines = 0;
  for (const block of readPlainBlocks({ ...range, from: 0, to: range.from }, context)) lines += countLineFeeds(block);
  return lines;
}
