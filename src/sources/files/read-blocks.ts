import type { JsonObject } from '../../core/json/index.js';
import { malformedFile } from '../malformed.js';
import type { SourceContext, SourceShard } from '../source.js';
import type { Compression } from './compression.js';
import { decompressBlocks } from './decompress.js';
import { type FileLocation, type LocalLocation, locationName } from './location.js';
import { openFile, openLocalFile } from './open-file.js';
import { readPieces } from './read-pieces.js';

/** A part of a file, or the whole of a compressed one. */
export type BlockRange = {
  readonly file: FileLocation;
  /** Size of the file when it was split: a file that has another size in the worker was changed. */
  readonly fileBytes: number;
  readonly from: number;
  readonly to: number;
};

/** The source shard of a range; a file that was not split bears its name alone. */
export function shardOfBlocks(range: BlockRange & JsonObject): SourceShard {
  const { file, fileBytes, from, to } = range;
  const name = locationName(file);
  const isWhole = from === 0 && to === fileBytes;
  return { id: isWhole ? name : `${name} bytes ${from}-${to}`, data: range, bytes: to - from };
}

export interface BlockOptions {
  readonly blockBytes: number;
  /** How the file is compressed, as a whole: `from` and `to` don't count then. */
  readonly compression: Compression | undefined;
}

/**
 * The content of a range in blocks, each valid until the next one: from a plain file of this machine synchronously, since a worker has nothing else to do.
 *
 * @throws DatasetsError SOURCE_NOT_FOUND, SOURCE_MALFORMED, or what a bucket's storage throws
 */
export function readBlocks(
  range: BlockRange,
  options: BlockOptions,
  context: SourceContext,
): Iterable<Buffer> | AsyncIterable<Buffer> {
  const { compression, blockBytes } = options;
  if (compression !== undefined) return readCompressed(range, compression, blockBytes, context);
  return range.file.in === 'bucket'
    ? readRemoteBlocks(range, blockBytes, context)
    : readLocalBlocks(range.file, range, blockBytes, context);
}

function* readLocalBlocks(
  location: LocalLocation,
  range: BlockRange,
  blockBytes: number,
  context: SourceContext,
): Generator<Buffer, void, undefined> {
  const file = openLocalFile(location, range.fileBytes, context);
  try {
    const memory = Buffer.allocUnsafeSlow(Math.min(blockBytes, range.to - range.from));
    for (let at = range.from; at < range.to; ) {
      const block = file.readSync(at, Math.min(blockBytes, range.to - at), memory);
      if (block.length === 0) throw malformedFile(file.name, 'became shorter while it was read', { offset: at });
      at += block.length;
      yield block;
    }
  } finally {
    file.closeSync();
  }
}

async function* readRemoteBlocks(
  range: BlockRange,
  blockBytes: number,
  context: SourceContext,
): AsyncGenerator<Buffer, void, undefined> {
  const file = await openFile(range.file, range.fileBytes, context);
  try {
    for await (const piece of readPieces(file, range.from, range.to)) {
      for (let at = 0; at < piece.length; at += blockBytes) yield piece.subarray(at, at + blockBytes);
    }
  } finally {
    await file.close();
  }
}

async function* readCompressed(
  range: BlockRange,
  compression: Compression,
  blockBytes: number,
  context: SourceContext,
): AsyncGenerator<Buffer, void, undefined> {
  const file = await openFile(range.file, range.fileBytes, context);
  try {
    yield* decompressBlocks(file, compression, blockBytes);
  } finally {
    await file.close();
  }
}

/** Makes batches of blocks. A block is valid until `push` has been read to its end. */
export interface BlockConsumer<B> {
  push(block: Buffer): Iterable<B>;
  /** After the last block. */
  finish(): Iterable<B>;
}

/** What a consumer makes of blocks: synchronously where these come so. */
export function consumeBlocks<B>(
  blocks: Iterable<Buffer> | AsyncIterable<Buffer>,
  consumer: BlockConsumer<B>,
): Iterable<B> | AsyncIterable<B> {
  return Symbol.iterator in blocks ? consumeSync(blocks, consumer) : consumeAsync(blocks, consumer);
}

function* consumeSync<B>(blocks: Iterable<Buffer>, consumer: BlockConsumer<B>): Generator<B, void, undefined> {
  for (const block of blocks) yield* consumer.push(block);
  yield* consumer.finish();
}

async function* consumeAsync<B>(
  blocks: AsyncIterable<Buffer>,
  consumer: BlockConsumer<B>,
): AsyncGenerator<B, void, undefined> {
  for await (const block of blocks) yield* consumer.push(block);
  yield* consumer.finish();
}
