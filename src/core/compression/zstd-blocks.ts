import { XxHash64 } from '../checksum/index.js';
import { ZstdFrames } from './zstd-frames.js';

/**
 * The content of a Zstandard stream (RFC 8878): any number of frames, with windows of up to 128 MiB, as the program `zstd` takes them. Memory is the window and some blocks.
 *
 * fzstd does it, which is JavaScript: some 80 MB of content a second. Node's own decompressor, several times faster, came with 22.15 and ends without an error behind the first frame
 * (seen on 24.21), so that half of a file would be lost in silence. `@bokuweb/zstd-wasm`, which writes Parquet, can't stream: it holds the whole of a file in memory, compressed and not, and
 * believes the size that it states. The checksums that frames may have are verified here, which fzstd does not.
 *
 * @returns blocks of at most 128 KiB, in memory of their own
 * @throws an error that is no DatasetsError for what is no Zstandard stream, or not a whole one
 */
export async function* zstdBlocks(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const { Decompress } = await import('fzstd');
  const ready: Uint8Array[] = [];
  const startFrame = () => ({
    decompressor: new Decompress((block) => {
      if (block.length > 0) ready.push(block);
    }),
    hash: new XxHash64(),
  });
  let frame = startFrame();
  const frames = new ZstdFrames();
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      // Block by block: one becomes 128 KiB at most, but a chunk may hold thousands that are a few bytes each.
      const end = frames.pass(chunk, at);
      // fzstd keeps what it can't use yet, and the chunk may be overwritten. (`slice` of a Buffer is no copy.)
      frame.decompressor.push(Uint8Array.from(chunk.subarray(at, end)), frames.complete);
      at = end;
      for (const block of ready.splice(0)) {
        if (frames.hasChecksum) frame.hash.update(block);
        yield block;
      }
      if (!frames.complete) continue;
      if (frames.checksum !== undefined && frames.checksum !== Number(frame.hash.digest() & 0xffff_ffffn)) {
        throw new RangeError('the checksum of a frame does not match its content');
      }
      frame = startFrame();
    }
  }
  if (!frames.complete) throw new RangeError('it ends inside a frame');
}
