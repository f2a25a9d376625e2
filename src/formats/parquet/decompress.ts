import { loadZstd } from './codec.js';

/** Restores a page of `bytes` bytes. */
export type Decompress = (page: Uint8Array, bytes: number) => Uint8Array;

/** Beyond this, the memory of WebAssembly might not do. */
const mostZstdBytes = 256 << 20;

/**
 * What restores pages of a codec, as hyparquet names it; undefined for one that is not known.
 *
 * zstd in WebAssembly takes a tenth of the time of the one in JavaScript, and allocates what a frame says that it holds: only one that says the right size gets there.
 */
export async function loadDecompress(codec: string): Promise<Decompress | undefined> {
  if (codec === 'UNCOMPRESSED') return (page) => page;
  const { compressors } = await import('hyparquet-compressors');
  const known: Decompress | undefined = (compressors as Readonly<Record<string, Decompress | undefined>>)[codec];
  if (codec !== 'ZSTD' || known === undefined) return known;
  const { decompress } = await loadZstd();
  return (page, bytes) =>
    bytes <= mostZstdBytes && zstdContentBytes(page) === bytes ? decompress(page) : known(page, bytes);
}

/** The size that a zstd frame says its content has (RFC 8878, 3.1.1.1), where it does. */
function zstdContentBytes(page: Uint8Array): number | undefined {
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
  if (page.length < 18 || view.getUint32(0, true) !== 0xfd2f_b528) return undefined;
  const descriptor = view.getUint8(4);
  const isSingle = (descriptor & 0x20) !== 0;
  const dictionaryIdBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const at = 5 + (isSingle ? 0 : 1) + dictionaryIdBytes;
  switch (descriptor >> 6) {
    case 0:
      return isSingle ? view.getUint8(at) : undefined;
    case 1:
      return view.getUint16(at, true) + 256;
    case 2:
      return view.getUint32(at, true);
    default:
      return Number(view.getBigUint64(at, true));
  }
}
