import { Readable, type Transform } from 'node:stream';
import zlib from 'node:zlib';
import { ZstdFrames } from './zstd-frames.js';

/**
 * The content of a Zstandard stream (RFC 8878): any number of frames, with windows of up to 128 MiB, as the program `zstd` takes them. Memory is the window and some blocks.
 *
 * Node's own decompressor does it from 22.15 on; before, fzstd, which is JavaScript and three to five times slower. `@bokuweb/zstd-wasm`, which writes Parquet, can't stream: it holds the whole
 * of a file in memory, compressed and not, and believes the size that it states. fzstd doesn't verify the checksums that frames may have.
 *
 * @returns blocks of at most 128 KiB, in memory of their own
 * @throws an error that is no DatasetsError for what is no Zstandard stream, or not a whole one
 */
export function zstdBlocks(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const create: unknown = Reflect.get(zlib, 'createZstdDecompress');
  return typeof create === 'function' ? nativeBlocks(chunks, create as () => Transform) : scriptBlocks(chunks);
}

async function* scriptBlocks(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const { Decompress } = await import('fzstd');
  const ready: Uint8Array[] = [];
  const decompressor = new Decompress((block) => {
    if (block.length > 0) ready.push(block);
  });
  const frames = new ZstdFrames();
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      // Block by block: one becomes 128 KiB at most, but a chunk may hold thousands that are a few bytes each.
      const end = frames.pass(chunk, at);
      // fzstd keeps what it can't use yet, and the chunk may be overwritten.
      decompressor.push(chunk.slice(at, end), false);
      at = end;
      yield* ready.splice(0);
    }
  }
  requireComplete(frames);
  decompressor.push(new Uint8Array(0), true);
  yield* ready.splice(0);
}

async function* nativeBlocks(
  chunks: AsyncIterable<Uint8Array>,
  create: () => Transform,
): AsyncGenerator<Uint8Array, void, undefined> {
  const source = Readable.from(followed(chunks));
  const plain = create();
  source.on('error', (error) => plain.destroy(error));
  source.pipe(plain);
  try {
    for await (const block of plain) yield block;
  } finally {
    source.destroy();
    plain.destroy();
  }
}

async function* followed(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const frames = new ZstdFrames();
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) at = frames.pass(chunk, at);
    // A stream holds its chunks for longer than whoever gave them keeps them.
    yield Uint8Array.from(chunk);
  }
  requireComplete(frames);
}

function requireComplete(frames: ZstdFrames): void {
  if (!frames.complete) throw new RangeError('it ends inside a frame');
}
