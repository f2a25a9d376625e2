import { loadDecompress } from '../parquet/decompress.js';
import { decompressLz4Frame } from './lz4-frame.js';

/** Restores a buffer of a compressed record batch. */
export type DecompressBuffer = (buffer: Uint8Array) => Uint8Array;

/** The length before a compressed buffer that says that it is not compressed (Message.fbs, BodyCompressionMethod). */
const notCompressed = -1n;

/** Larger buffers are refused: a typed array of Node 20 holds 4 GiB, and a batch of such buffers several times that. */
const mostBufferBytes = 0x7fff_ffff;

/** @returns a function that throws a RangeError for what is no buffer of the codec */
export async function loadDecompressBuffer(codec: 'lz4' | 'zstd' | undefined): Promise<DecompressBuffer> {
  if (codec === undefined) return (buffer) => buffer;
  const zstd = codec === 'zstd' ? await loadDecompress('ZSTD') : undefined;
  const restore =
    zstd === undefined ? decompressLz4Frame : (bytes: Uint8Array, length: number) => restoreZstd(zstd, bytes, length);
  return (buffer) => {
    if (buffer.length === 0) return buffer;
    const length = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength).getBigInt64(0, true);
    const stored = buffer.subarray(8);
    if (length === notCompressed) return stored;
    if (length < 0n || length > BigInt(mostBufferBytes)) throw new RangeError(`a buffer of ${length} bytes`);
    return restore(stored, Number(length));
  };
}

function restoreZstd(
  zstd: (bytes: Uint8Array, length: number) => Uint8Array,
  bytes: Uint8Array,
  length: number,
): Uint8Array {
  let restored: Uint8Array;
  try {
    restored = zstd(bytes, length);
  } catch (cause) {
    throw new RangeError('a buffer that is no zstd frame', { cause });
  }
  if (restored.length !== length)
    throw new RangeError(`a zstd frame of ${restored.length} bytes where ${length} are promised`);
  return restored;
}
