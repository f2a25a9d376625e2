/**
 * How many bytes a tf.Example will have, counted while its row is encoded, so that shards can be planned before anything is written.
 *
 * The message (tensorflow/core/example/{example,feature}.proto), each part behind a one-byte tag and a varint length:
 *
 *     Example   { features }
 *     Features  { one map entry a key: { key, Feature } }
 *     Feature   { Int64List | FloatList | BytesList }
 *     Int64List { packed varints, absent when empty }    FloatList { packed, 4 bytes each, absent when empty }    BytesList { one field a value }
 */
export class ExampleSize {
  /** Bytes of the map entries so far. */
  entryBytes = 0;
}

/** Bytes of a varint that holds a whole number from 0 to 2^53. */
export function varintBytes(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x20_0000) return 3;
  if (value < 0x1000_0000) return 4;
  let bytes = 5;
  for (let rest = Math.floor(value / 0x8_0000_0000); rest > 0; rest = Math.floor(rest / 128)) bytes++;
  return bytes;
}

/** Bytes of the varint of an int64 given as two halves: negative ones always take 10. */
export function int64VarintBytes(low: number, high: number): number {
  if (high === 0) {
    const unsigned = low >>> 0;
    return unsigned < 0x80 ? 1 : unsigned < 0x4000 ? 2 : unsigned < 0x20_0000 ? 3 : unsigned < 0x1000_0000 ? 4 : 5;
  }
  if (high < 0) return 10;
  return high < 0x8 ? 5 : high < 0x400 ? 6 : high < 0x2_0000 ? 7 : high < 0x100_0000 ? 8 : 9;
}

/** Bytes of a length-delimited field: tag, length, content. */
export function fieldBytes(contentBytes: number): number {
  return 1 + varintBytes(contentBytes) + contentBytes;
}

/** Bytes of a packed list's content from the bytes of its values: nothing at all when it is empty. */
export function packedBytes(valueBytes: number): number {
  return valueBytes === 0 ? 0 : fieldBytes(valueBytes);
}

/** Bytes of the key's field in a map entry. */
export function keyFieldBytes(key: string): number {
  return fieldBytes(Buffer.byteLength(key));
}

/** Bytes of a whole map entry. `listBytes` is the content of the Int64List, FloatList or BytesList. */
export function entryBytes(keyField: number, listBytes: number): number {
  return fieldBytes(keyField + fieldBytes(fieldBytes(listBytes)));
}

/** Bytes of the tf.Example around its entries. `Features` is written even when it is empty, as tfds does. */
export function exampleBytes(entries: number): number {
  return fieldBytes(entries);
}
