import {
  Binary,
  Bool,
  type Data,
  type DataType,
  DateDay,
  Decimal,
  Field,
  Float64,
  Int64,
  List,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  TimeMicrosecond,
  TimestampMicrosecond,
  Utf8,
} from 'apache-arrow';
import { bigNumericScale, type FakeField, type FakeRow, numericScale, unscaled } from './fields.js';

/** Rows as the Storage Read API sends them: the message of the schema, and one of a record batch. */
export interface ArrowMessages {
  readonly schema: Uint8Array;
  readonly batch: Uint8Array;
}

/**
 * Made of typed arrays by hand, after BigQuery's own table of types (https://cloud.google.com/bigquery/docs/reference/storage#arrow_schema_details): the builders of apache-arrow take timestamps as
 * rounded milliseconds.
 */
export function arrowMessages(fields: readonly FakeField[], rows: readonly FakeRow[]): ArrowMessages {
  const schema = new Schema(fields.map(fieldOf));
  const children = fields.map((field) =>
    dataOf(
      field,
      rows.map((row) => row[field.name]),
    ),
  );
  const data = makeData({ type: new Struct(schema.fields), length: rows.length, nullCount: 0, children });
  const writer = new RecordBatchStreamWriter();
  writer.write(new RecordBatch(schema, data));
  writer.finish();
  return split(writer.toUint8Array(true));
}

/** A stream is the schema's message, which has no body, the batch's, and an end mark of 8 bytes (Arrow's "Encapsulated message format"). */
function split(stream: Uint8Array): ArrowMessages {
  const prefix = 8;
  const metadataBytes = new DataView(stream.buffer, stream.byteOffset).getInt32(4, true);
  const end = prefix + metadataBytes;
  return { schema: stream.slice(0, end), batch: stream.slice(end, stream.length - prefix) };
}

function fieldOf(field: FakeField): Field {
  const type = typeOf(field);
  return new Field(field.name, type, field.mode !== 'REQUIRED' && field.mode !== 'REPEATED', extension(field));
}

function extension({ type }: FakeField): Map<string, string> | undefined {
  const names: Partial<Record<FakeField['type'], string>> = {
    DATETIME: 'google:sqlType:datetime',
    GEOGRAPHY: 'google:sqlType:geography',
    JSON: 'google:sqlType:json',
  };
  const name = names[type];
  return name === undefined ? undefined : new Map([['ARROW:extension:name', name]]);
}

function typeOf(field: FakeField): DataType {
  return field.mode === 'REPEATED' ? new List(itemOf(field)) : scalarType(field);
}

function itemOf(field: FakeField): Field {
  return new Field('item', scalarType(field), false);
}

function scalarType(field: FakeField): DataType {
  switch (field.type) {
    case 'BOOLEAN':
      return new Bool();
    case 'BYTES':
      return new Binary();
    case 'DATE':
      return new DateDay();
    case 'DATETIME':
      return new TimestampMicrosecond();
    case 'FLOAT':
      return new Float64();
    case 'INTEGER':
      return new Int64();
    case 'NUMERIC':
      return new Decimal(numericScale, 38, 128);
    case 'BIGNUMERIC':
      return new Decimal(bigNumericScale, 76, 256);
    case 'RECORD':
      return new Struct((field.fields ?? []).map(fieldOf));
    case 'TIME':
      return new TimeMicrosecond();
    case 'TIMESTAMP':
      return new TimestampMicrosecond('UTC');
    case 'GEOGRAPHY':
    case 'JSON':
    case 'STRING':
      return new Utf8();
  }
}

function dataOf(field: FakeField, values: readonly unknown[]): Data {
  if (field.mode !== 'REPEATED') return scalarData(field, values);
  const lists = values.map((value) => value as readonly unknown[]);
  const child = scalarData(field, lists.flat());
  const valueOffsets = offsets(lists.map((list) => list.length));
  return makeData({ type: new List(itemOf(field)), length: lists.length, nullCount: 0, valueOffsets, child });
}

function scalarData(field: FakeField, values: readonly unknown[]): Data {
  const common = { length: values.length, ...validity(values) };
  const type = scalarType(field);
  if (type instanceof Bool) return makeData({ type, ...common, data: bits(values.map((value) => value === true)) });
  if (type instanceof Struct) {
    const children = (field.fields ?? []).map((child) =>
      dataOf(
        child,
        values.map((value) => (value as FakeRow | null)?.[child.name] ?? (child.mode === 'REPEATED' ? [] : null)),
      ),
    );
    return makeData({ type, ...common, children });
  }
  if (type instanceof Utf8 || type instanceof Binary) {
    const parts = values.map((value) => (typeof value === 'string' ? Buffer.from(value) : asBytes(value)));
    const data = new Uint8Array(Buffer.concat(parts));
    const valueOffsets = offsets(parts.map((part) => part.length));
    return type instanceof Utf8
      ? makeData({ type, ...common, valueOffsets, data })
      : makeData({ type, ...common, valueOffsets, data });
  }
  if (type instanceof Float64) return makeData({ type, ...common, data: Float64Array.from(values, Number) });
  if (type instanceof DateDay) return makeData({ type, ...common, data: Int32Array.from(values, Number) });
  if (type instanceof Decimal) return makeData({ type, ...common, data: decimals(type, values) });
  const data = BigInt64Array.from(values, (value) => BigInt((value ?? 0) as bigint | number));
  if (type instanceof Int64) return makeData({ type, ...common, data });
  if (type instanceof TimeMicrosecond) return makeData({ type, ...common, data });
  return makeData({ type: type as TimestampMicrosecond, ...common, data });
}

function asBytes(value: unknown): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array();
}

function validity(values: readonly unknown[]): { readonly nullCount: number; readonly nullBitmap?: Uint8Array } {
  const isThere = values.map((value) => value !== null && value !== undefined);
  const nullCount = isThere.filter((there) => !there).length;
  return nullCount === 0 ? { nullCount } : { nullCount, nullBitmap: bits(isThere) };
}

function bits(flags: readonly boolean[]): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(flags.length / 8));
  for (const [index, flag] of flags.entries())
    if (flag) bytes[index >> 3] = (bytes[index >> 3] ?? 0) | (1 << (index & 7));
  return bytes;
}

function offsets(lengths: readonly number[]): Int32Array {
  const ends = new Int32Array(lengths.length + 1);
  for (const [index, length] of lengths.entries()) ends[index + 1] = (ends[index] ?? 0) + length;
  return ends;
}

/** Two's complement, little-endian words of 32 bits. */
function decimals({ bitWidth, scale }: Decimal, values: readonly unknown[]): Uint32Array {
  const words = bitWidth / 32;
  const data = new Uint32Array(words * values.length);
  for (const [index, value] of values.entries()) {
    let rest = BigInt.asUintN(bitWidth, typeof value === 'string' ? unscaled(value, scale) : 0n);
    for (let word = 0; word < words; word++) {
      data[index * words + word] = Number(rest & 0xffffffffn);
      rest >>= 32n;
    }
  }
  return data;
}
