import fc from 'fast-check';
import {
  compareLeaves,
  type DType,
  dtypeBytes,
  exampleListOf,
  itemSize,
  type Leaf,
  rowHeaderBytes,
  rowWords,
} from '../../src/features/index.js';

/**
 * A row encoder and a tf.Example encoder for tests, as plain as can be: no code in common with what they test.
 */

/** The value of one leaf in one row: lengths by level, counts of varying items, flat values; undefined when absent. */
export interface LeafValue {
  readonly lengths: readonly (readonly number[])[];
  readonly counts: readonly number[];
  /** Numbers as bigint or number (floats), float16 and bfloat16 as their bits, strings as bytes. */
  readonly values: readonly (number | bigint | Uint8Array)[];
}
export type SampleRow = readonly (LeafValue | undefined)[];

export function leaf(key: string, dtype: DType, rest: Partial<Leaf> = {}): Leaf {
  return { key, dtype, sequences: [], shape: [], optional: false, text: false, ...rest };
}

export function sortLeaves(leaves: readonly Leaf[]): readonly Leaf[] {
  return [...leaves].sort(compareLeaves);
}

/** Rows in one buffer, as spill holds them. */
export interface EncodedRows {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly offsets: Uint32Array;
}

export function encodeRows(leaves: readonly Leaf[], rows: readonly SampleRow[]): EncodedRows {
  const parts: Buffer[] = [];
  const offsets: number[] = [];
  let at = 0;
  for (const [ordinal, row] of rows.entries()) {
    offsets.push(at);
    const content = Buffer.concat(leaves.map((item, index) => encodeLeaf(item, row[index])));
    const padded = Buffer.concat([content, Buffer.alloc(-content.length & 3)]);
    const header = Buffer.alloc(rowHeaderBytes);
    header.writeUInt32LE(rowHeaderBytes + padded.length + 4, 4 * rowWords.rowBytes);
    header.writeUInt32LE(encodeExample(leaves, row).length, 4 * rowWords.exampleBytes);
    header.writeUInt32LE(ordinal, 4 * rowWords.ordinal);
    header.writeUInt32LE(1, 4 * rowWords.keyBytes);
    parts.push(header, padded, Buffer.from('k\0\0\0'));
    at += rowHeaderBytes + padded.length + 4;
  }
  const bytes = new Uint8Array(Buffer.concat(parts));
  return { bytes, view: new DataView(bytes.buffer), offsets: Uint32Array.from(offsets) };
}

function encodeLeaf({ dtype, optional, shape }: Leaf, value: LeafValue | undefined): Buffer {
  if (value === undefined) return Buffer.of(0);
  const varying = shape.includes(null) ? value.counts : [];
  const lengths = [
    ...value.lengths.flat(),
    ...varying,
    ...value.values.flatMap((v) => (typeof v === 'object' ? v.length : [])),
  ];
  const words = Buffer.from(Uint32Array.from(lengths).buffer);
  return Buffer.concat([Buffer.from(optional ? [1] : []), words, ...value.values.map((v) => encodeValue(dtype, v))]);
}

function encodeValue(dtype: DType, value: number | bigint | Uint8Array): Buffer {
  if (typeof value === 'object') return Buffer.from(value);
  const buffer = Buffer.alloc(8);
  if (dtype === 'float64') buffer.writeDoubleLE(Number(value));
  else if (dtype === 'float32') buffer.writeFloatLE(Number(value));
  else buffer.writeBigInt64LE(BigInt.asIntN(64, BigInt(value)));
  return buffer.subarray(0, dtype === 'string' ? 0 : dtypeBytes[dtype]);
}

/** What each key of the row's tf.Example holds. */
export function exampleFeatures(
  leaves: readonly Leaf[],
  row: SampleRow,
): Map<string, { kind: string; values: unknown[] }> {
  const features = new Map<string, { kind: string; values: unknown[] }>();
  for (const [index, item] of leaves.entries()) {
    const value = row[index];
    if (value === undefined) continue;
    const kind = exampleListOf(item.dtype);
    const ragged = item.sequences.length > 1;
    const values = value.values.map((v) => storedValue(item.dtype, v));
    features.set(ragged ? `${item.key}/ragged_flat_values` : item.key, { kind, values });
    for (const [level, lengths] of value.lengths.slice(1).entries()) {
      features.set(`${item.key}/ragged_row_lengths_${level}`, { kind: 'int64', values: [...lengths] });
    }
  }
  return features;
}

/** A value as Python's oracle shows it: integers as numbers where they are safe. */
export function shownValue({ dtype, text }: Leaf, value: number | bigint | Uint8Array): unknown {
  if (typeof value === 'object') return text ? Buffer.from(value).toString() : value;
  if (dtype === 'bool') return value === 1n;
  const shown = dtype === 'float16' || dtype === 'bfloat16' ? storedValue(dtype, value) : value;
  return typeof shown === 'bigint' && Number.isSafeInteger(Number(shown)) ? Number(shown) : shown;
}

function storedValue(dtype: DType, value: number | bigint | Uint8Array): number | bigint | Uint8Array {
  if (dtype === 'uint64') return BigInt.asIntN(64, BigInt(value as bigint));
  if (dtype === 'float16') return halfToNumber(Number(value));
  if (dtype === 'bfloat16') return new Float32Array(Uint32Array.of(Number(value) << 16).buffer)[0] ?? 0;
  return dtype === 'float64' ? Math.fround(Number(value)) : value;
}

function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The tf.Example of a row, with sorted keys. */
export function encodeExample(leaves: readonly Leaf[], row: SampleRow): Buffer {
  const features = [...exampleFeatures(leaves, row)];
  features.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const entries = features.map(([key, { kind, values }]) => {
    return field(1, Buffer.concat([field(1, Buffer.from(key)), field(2, encodeList(kind, values))]));
  });
  return field(1, Buffer.concat(entries));
}

function encodeList(kind: string, values: readonly unknown[]): Buffer {
  if (kind === 'bytes') return field(1, Buffer.concat(values.map((v) => field(1, Buffer.from(v as Uint8Array)))));
  const packed =
    kind === 'float'
      ? Buffer.from(Float32Array.from(values as number[]).buffer)
      : Buffer.concat(values.map((v) => varint(BigInt(v as bigint))));
  return field(kind === 'float' ? 2 : 3, packed.length === 0 ? packed : field(1, packed));
}

export function field(number: number, content: Buffer): Buffer {
  return Buffer.concat([varint(BigInt((number << 3) | 2)), varint(BigInt(content.length)), content]);
}

export function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}

const integerRanges: Partial<Record<DType, readonly [bigint, bigint]>> = {
  bool: [0n, 1n],
  int8: [-(2n ** 7n), 2n ** 7n - 1n],
  int16: [-(2n ** 15n), 2n ** 15n - 1n],
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint8: [0n, 2n ** 8n - 1n],
  uint16: [0n, 2n ** 16n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
};

export const everyDType: readonly DType[] = [...(Object.keys(dtypeBytes) as (keyof typeof dtypeBytes)[]), 'string'];

function arbitraryValue({ dtype, text }: Leaf): fc.Arbitrary<number | bigint | Uint8Array> {
  const range = integerRanges[dtype];
  if (range !== undefined) {
    const [min, max] = range;
    const small = fc.bigInt({ min: min > -300n ? min : -300n, max: max < 300n ? max : 300n });
    return fc.oneof(small, fc.bigInt({ min, max }), fc.constantFrom(min, max));
  }
  if (dtype === 'float32') return fc.float({ noNaN: true });
  // Any double: rounding it to a float32 is part of what is tested.
  if (dtype === 'float64') return fc.double({ noNaN: true });
  // NaNs have many bits, of which a round trip through float32 keeps not all.
  if (dtype === 'float16') return fc.nat(0xffff).filter((bits) => (bits & 0x7fff) <= 0x7c00);
  if (dtype === 'bfloat16') return fc.nat(0xffff).filter((bits) => (bits & 0x7fff) <= 0x7f80);
  if (text) return fc.string({ unit: 'grapheme', maxLength: 80 }).map((value) => new Uint8Array(Buffer.from(value)));
  return fc.uint8Array({ maxLength: 200 });
}

/** A leaf of any dtype, nesting and shape that tfds knows. */
export function arbitraryLeaf(key: string): fc.Arbitrary<Leaf> {
  const dimension = fc.integer({ min: 1, max: 3 });
  const shapes = fc.array(dimension, { maxLength: 2 });
  const varyingShapes = fc.constantFrom([null], [null, 2], [2, null]);
  const sequences = fc.array(fc.option(dimension, { freq: 3 }), { minLength: 1, maxLength: 3 });
  const nesting = fc.oneof(
    { weight: 3, arbitrary: fc.record({ shape: shapes, optional: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ shape: varyingShapes, optional: fc.boolean() }) },
    { weight: 3, arbitrary: fc.record({ shape: shapes, sequences }) },
  );
  return fc
    .tuple(fc.constantFrom(...everyDType), fc.boolean(), nesting)
    .map(([dtype, text, rest]) => leaf(key, dtype, { ...rest, text: text && dtype === 'string' }));
}

export function arbitraryLeafValue(item: Leaf): fc.Arbitrary<LeafValue | undefined> {
  const lengths = arbitraryLengths(item.sequences, 1);
  const fixed = itemSize(item);
  const known = item.shape.reduce<number>((product, dimension) => product * (dimension ?? 1), 1);
  const value = lengths.chain((levels) => {
    const items = levels.at(-1)?.reduce((a, b) => a + b, 0) ?? 1;
    const count = fixed === null ? fc.nat(4).map((n) => n * known) : fc.constant(fixed);
    return fc.array(count, { minLength: items, maxLength: items }).chain((counts) => {
      const total = counts.reduce((a, b) => a + b, 0);
      return fc
        .array(arbitraryValue(item), { minLength: total, maxLength: total })
        .map((values): LeafValue => ({ lengths: levels, counts, values }));
    });
  });
  return item.optional ? fc.option(value, { nil: undefined }) : value;
}

function arbitraryLengths(sequences: Leaf['sequences'], lists: number): fc.Arbitrary<readonly (readonly number[])[]> {
  const [first, ...inner] = sequences;
  if (first === undefined) return fc.constant([]);
  const length = first === null ? fc.nat(3) : fc.constant(first);
  return fc.array(length, { minLength: lists, maxLength: lists }).chain((level) => {
    const elements = level.reduce((a, b) => a + b, 0);
    return arbitraryLengths(inner, elements).map((rest) => [level, ...rest]);
  });
}

export interface Sample {
  readonly leaves: readonly Leaf[];
  readonly rows: readonly SampleRow[];
}

/** A schema of up to six leaves and some rows of it. */
export function arbitrarySample(maxRows = 5): fc.Arbitrary<Sample> {
  const keys = fc.uniqueArray(
    fc.oneof(
      fc.constantFrom('a', 'a/b', 'a.b', 'label', 'é', '画像/值', 'k'.repeat(130)),
      fc.string({ minLength: 1, maxLength: 9, unit: fc.constantFrom('a', 'b', '/', '_', 'Z', 'ü') }),
    ),
    { maxLength: 6 },
  );
  return keys
    .chain((names) => fc.tuple(...names.map(arbitraryLeaf)))
    .chain((unsorted) => {
      const leaves = sortLeaves(unsorted);
      const row = fc.tuple(...leaves.map(arbitraryLeafValue));
      return fc.array(row, { maxLength: maxRows }).map((rows): Sample => ({ leaves, rows }));
    });
}
