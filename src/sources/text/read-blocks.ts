import { compressionOf } from '../files/compression.js';
import { locationName } from '../files/location.js';
import { readBlocks } from '../files/read-blocks.js';
import type { SourceContext } from '../source.js';
import type { FileRange } from './file-range.js';

/**
 * Bytes of a block. A field that an author keeps is a slice of its block's text, so a block is also the most that one kept string can hold in memory.
 */
export const blockBytes = 64 << 10;

/** The content of a range of a text file in blocks, each valid until the next one; synchronously where it can be. */
export function readTextBlocks(range: FileRange, context: SourceContext): Iterable<Buffer> | AsyncIterable<Buffer> {
  return readBlocks(range, { blockBytes, compression: compressionOf(locationName(range.file)) }, context);
}
