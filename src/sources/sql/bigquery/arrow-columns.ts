import type { Data, Field } from 'apache-arrow';
import { internalError } from '../../../core/errors/index.js';
import type { ColumnType } from '../../columnar/column-type.js';
import { decimalText } from '../../columnar/convert.js';
import type { ColumnValues } from '../../row-factory.js';

/** A column of a record batch: what its values mean, and the values in their physical form, as `convertPiece` takes them. */
export interface ArrowColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly values: ColumnValues;
}

type Arrow = typeof import('apache-arrow');

/**
 * Decodes a record batch with the message of its schema, both as of an Arrow IPC stream.
 *
 * apache-arrow is loaded now (0.1 s). It finds the buffers; values are taken from them here, because its own accessors round timestamps and print decimals wrong.
 */
export async function arrowColumns(
  schema: Uint8Array,
  batch: Uint8Array,
): Promise<{ readonly columns: readonly ArrowColumn[]; readonly rows: number }> {
  const arrow = await import('apache-arrow');
  // In a buffer of their own: in a part of another one, 64-bit integers need not lie at multiples of eight.
  const stream = new Uint8Array(schema.length + batch.length);
  stream.set(schema);
  stream.set(batch, schema.length);
  const reader = arrow.RecordBatchReader.from(stream);
  // The reader gives an empty batch of its own, too.
  const decoded = [...reader].find(({ numRows }) => numRows > 0);
  if (decoded === undefined) return { columns: [], rows: 0 };
  const columns = decoded.schema.fields.map((field: Field, i): ArrowColumn => {
    const data = decoded.data.children[i];
    return {
      name: field.name,
      type: columnType(arrow, field),
      values: data === undefined ? [] : valuesOf(arrow, data),
    };
  });
  return { columns, rows: decoded.numRows };
}

/** What the Storage Read API's types mean (https://cloud.google.com/bigquery/docs/reference/storage#arrow_schema_details). */
function columnType(arrow: Arrow, field: Field): ColumnType {
  const { DataType } = arrow;
  const { type } = field;
  if (DataType.isBool(type)) return leaf('boolean');
  // BigQuery has 64 bits for all.
  if (DataType.isInt(type)) return leaf('int64');
  if (DataType.isFloat(type)) return leaf('number');
  // NUMERIC and BIGNUMERIC are decoded as their notation.
  if (DataType.isUtf8(type) || DataType.isDecimal(type)) return leaf('text');
  if (DataType.isBinary(type)) return leaf('bytes');
  if (DataType.isDate(type)) return leaf('date');
  if (DataType.isTime(type)) return { kind: 'leaf', leaf: { kind: 'time', unit: 'us' } };
  if (DataType.isTimestamp(type)) return { kind: 'leaf', leaf: { kind: 'timestamp', unit: 'us' } };
  const children: readonly Field[] = field.type.children ?? [];
  if (DataType.isStruct(type)) {
    return { kind: 'struct', fields: children.map((child) => ({ name: child.name, type: columnType(arrow, child) })) };
  }
  const [item] = children;
  if (DataType.isList(type) && item !== undefined) return { kind: 'list', element: columnType(arrow, item) };
  throw internalError(`BigQuery sends the column ${field.name} as ${String(type)}`);
}

function leaf(kind: 'boolean' | 'number' | 'text' | 'bytes' | 'date' | 'int64'): ColumnType {
  return { kind: 'leaf', leaf: { kind } };
}

/** The values of an array, null where they are missing. */
function valuesOf(arrow: Arrow, data: Data): ColumnValues {
  const { DataType } = arrow;
  const { length: rows, type } = data;
  const validity = data.nullCount === 0 ? undefined : data.nullBitmap;
  if (DataType.isBool(type)) {
    const bits: Uint8Array = data.values;
    return pick(rows, validity, (i) => isSet(bits, i));
  }
  if (DataType.isUtf8(type) || DataType.isBinary(type)) {
    const { buffer, byteOffset, byteLength }: Uint8Array = data.values;
    const bytes = Buffer.from(buffer, byteOffset, byteLength);
    const offsets: Int32Array = data.valueOffsets;
    const isText = DataType.isUtf8(type);
    return pick(rows, validity, (i) => {
      const [from, to] = [offsets[i] ?? 0, offsets[i + 1] ?? 0];
      return isText ? bytes.toString('utf8', from, to) : Uint8Array.from(bytes.subarray(from, to));
    });
  }
  if (DataType.isDecimal(type)) {
    const words: Uint32Array = data.values;
    const { scale, bitWidth } = type;
    return pick(rows, validity, (i) => shortest(decimalText(integerAt(words, i, bitWidth / 32), scale)));
  }
  if (DataType.isStruct(type)) {
    const names = type.children.map((field: Field) => field.name);
    const columns = data.children.map((child) => valuesOf(arrow, child));
    return pick(rows, validity, (i) => Object.fromEntries(names.map((name, k) => [name, columns[k]?.[i]])));
  }
  if (DataType.isList(type)) {
    const [child] = data.children;
    const items = child === undefined ? [] : valuesOf(arrow, child);
    const offsets: Int32Array = data.valueOffsets;
    return pick(rows, validity, (i) => Array.prototype.slice.call(items, offsets[i], offsets[i + 1]));
  }
  const numbers: ColumnValues = data.values;
  return validity === undefined ? exactly(numbers, rows) : pick(rows, validity, (i) => numbers[i]);
}

/** Buffers are padded. */
function exactly(numbers: ColumnValues, rows: number): ColumnValues {
  return numbers.length > rows && ArrayBuffer.isView(numbers)
    ? (numbers as unknown as BigInt64Array).subarray(0, rows)
    : numbers;
}

function pick(rows: number, validity: Uint8Array | undefined, valueAt: (row: number) => unknown): unknown[] {
  const values = new Array<unknown>(rows);
  for (let i = 0; i < rows; i++) values[i] = validity === undefined || isSet(validity, i) ? valueAt(i) : null;
  return values;
}

/** Bits lie from the lowest of the first byte on. */
function isSet(bits: Uint8Array, i: number): boolean {
  return (((bits[i >> 3] as number) >> (i & 7)) & 1) === 1;
}

/** Two's complement of 128 or 256 bits in words of 32, the lowest first. */
function integerAt(words: Uint32Array, index: number, count: number): bigint {
  let value = 0n;
  for (let k = count - 1; k >= 0; k--) value = (value << 32n) | BigInt(words[index * count + k] ?? 0);
  return BigInt.asIntN(count * 32, value);
}

/** BigQuery's own notation of NUMERIC, which has no zeros at its end, whatever the scale that it is sent with. */
function shortest(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
