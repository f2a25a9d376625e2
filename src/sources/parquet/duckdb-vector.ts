import type { ColumnValues } from '../row-factory.js';
import type { DuckDB, DuckDBVector } from './duckdb.js';

/** What the memory of a vector holds: bytes of 0 and 1, doubles, 64-bit integers, or headers of text or bytes. */
export type VectorKind = 'boolean' | 'double' | 'int64' | 'text' | 'bytes';

/** u32 length, then up to 12 bytes inline, or 4 bytes and a pointer to all (DuckDB's string_t). */
const headerBytes = 16;
const inlineBytes = 12;

/**
 * The values of one vector, null where they are missing. 64-bit integers without nulls lie in the memory of its chunk: convert them as long as you
 * hold that. All else is copied.
 */
export function vectorValues(duckdb: DuckDB, vector: DuckDBVector, rows: number, kind: VectorKind): ColumnValues {
  const mask = duckdb.vector_get_validity(vector, Math.ceil(rows / 64) * 8) as Uint8Array | null;
  const validity = mask === null || isAllValid(mask, rows) ? undefined : mask;
  switch (kind) {
    case 'boolean': {
      const bytes = duckdb.vector_get_data(vector, rows);
      return pick(rows, validity, (i) => bytes[i] !== 0);
    }
    case 'double': {
      const { buffer, byteOffset } = duckdb.vector_get_data(vector, rows * 8);
      const numbers = new Float64Array(buffer, byteOffset, rows);
      return validity === undefined ? numbers.slice() : pick(rows, validity, (i) => numbers[i]);
    }
    case 'int64': {
      const { buffer, byteOffset } = duckdb.vector_get_data(vector, rows * 8);
      const integers = new BigInt64Array(buffer, byteOffset, rows);
      return validity === undefined ? integers : pick(rows, validity, (i) => integers[i]);
    }
    case 'text':
      return texts(duckdb, headersOf(duckdb, vector, rows), rows, validity);
    case 'bytes': {
      const headers = headersOf(duckdb, vector, rows);
      return pick(rows, validity, (i) => Uint8Array.from(bytesAt(duckdb, headers, i * headerBytes)));
    }
  }
}

function pick(rows: number, validity: Uint8Array | undefined, valueAt: (row: number) => unknown): ColumnValues {
  const values = new Array<unknown>(rows);
  for (let i = 0; i < rows; i++) values[i] = validity === undefined || isValid(validity, i) ? valueAt(i) : null;
  return values;
}

/** One bit a row, from the lowest of the first byte on. */
function isValid(validity: Uint8Array, row: number): boolean {
  return (((validity[row >> 3] as number) >> (row & 7)) & 1) === 1;
}

function isAllValid(validity: Uint8Array, rows: number): boolean {
  for (let i = 0; i < rows >> 3; i++) if (validity[i] !== 0xff) return false;
  for (let i = rows & ~7; i < rows; i++) if (!isValid(validity, i)) return false;
  return true;
}

interface Headers {
  readonly view: DataView;
  readonly buffer: Buffer;
}

function headersOf(duckdb: DuckDB, vector: DuckDBVector, rows: number): Headers {
  const { buffer, byteOffset, byteLength } = duckdb.vector_get_data(vector, rows * headerBytes);
  return {
    view: new DataView(buffer, byteOffset, byteLength),
    buffer: Buffer.from(buffer, byteOffset, byteLength),
  };
}

function bytesAt(duckdb: DuckDB, { view, buffer }: Headers, at: number): Uint8Array {
  const length = view.getUint32(at, true);
  if (length <= inlineBytes) return buffer.subarray(at + 4, at + 4 + length);
  return duckdb.get_data_from_pointer(view.buffer as ArrayBuffer, view.byteOffset + at + 8, length);
}

const mostInterned = 20_000;
let interned = new Map<number, string>();

/** Short ASCII texts, which repeat in most tables, are looked up by their bytes instead of being decoded: 20 ns against 200. */
function texts(duckdb: DuckDB, headers: Headers, rows: number, validity: Uint8Array | undefined): ColumnValues {
  const values = new Array<unknown>(rows);
  for (let i = 0; i < rows; i++) {
    if (validity !== undefined && !isValid(validity, i)) {
      values[i] = null;
      continue;
    }
    const key = shortTextKey(headers.view, i * headerBytes);
    let text = key < 0 ? undefined : interned.get(key);
    if (text === undefined) {
      const bytes = bytesAt(duckdb, headers, i * headerBytes);
      text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
      if (key >= 0) intern(key, text);
    }
    values[i] = text;
  }
  return values;
}

function intern(key: number, text: string): void {
  if (interned.size >= mostInterned) interned = new Map();
  interned.set(key, text);
}

/** Up to 6 ASCII characters as one exact number: length, then 7 bits each. -1 for others. */
function shortTextKey(headers: DataView, at: number): number {
  const length = headers.getUint32(at, true);
  if (length > 6) return -1;
  let key = length;
  for (let i = 0; i < length; i++) {
    const byte = headers.getUint8(at + 4 + i);
    if (byte > 0x7f) return -1;
    key = key * 128 + byte;
  }
  return key;
}
