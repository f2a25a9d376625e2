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
  readonly words: Int32Array;
}

function headersOf(duckdb: DuckDB, vector: DuckDBVector, rows: number): Headers {
  const { buffer, byteOffset, byteLength } = duckdb.vector_get_data(vector, rows * headerBytes);
  return {
    view: new DataView(buffer, byteOffset, byteLength),
    buffer: Buffer.from(buffer, byteOffset, byteLength),
    words: new Int32Array(buffer, byteOffset, byteLength >>> 2),
  };
}

function bytesAt(duckdb: DuckDB, { view, buffer }: Headers, at: number): Uint8Array {
  const length = view.getUint32(at, true);
  if (length <= inlineBytes) return buffer.subarray(at + 4, at + 4 + length);
  return duckdb.get_data_from_pointer(view.buffer as ArrayBuffer, view.byteOffset + at + 8, length);
}

/** A power of two: 12-byte texts of a column with some thousands of values rarely meet in a place. */
const rememberedTexts = 1 << 14;

/** Short texts by the words of their headers. A place is taken over by the next text that falls to it. */
class TextMemory {
  readonly #headers = new Int32Array(rememberedTexts * 4).fill(-1);
  readonly #texts = new Array<string>(rememberedTexts).fill('');

  /** Where the text of the header at word `at` is kept. */
  place(words: Int32Array, at: number): number {
    const mixed = Math.imul(
      (words[at] as number) ^
        Math.imul(words[at + 1] as number, 0x9e3779b1) ^
        Math.imul(words[at + 2] as number, 0x85ebca6b) ^
        Math.imul(words[at + 3] as number, 0xc2b2ae35),
      0x27d4eb2f,
    );
    return mixed >>> 18;
  }

  find(words: Int32Array, at: number, place: number): string | undefined {
    const headers = this.#headers;
    const other = place << 2;
    const equal =
      headers[other] === words[at] &&
      headers[other + 1] === words[at + 1] &&
      headers[other + 2] === words[at + 2] &&
      headers[other + 3] === words[at + 3];
    return equal ? this.#texts[place] : undefined;
  }

  keep(words: Int32Array, at: number, place: number, text: string): void {
    this.#headers.set(words.subarray(at, at + 4), place << 2);
    this.#texts[place] = text;
  }
}

/** One for the thread. */
const memory = new TextMemory();

/** Texts that lie in their headers repeat in most tables: they are looked up by their bytes instead of being decoded, 5 ns against 200. */
function texts(duckdb: DuckDB, headers: Headers, rows: number, validity: Uint8Array | undefined): ColumnValues {
  const values = new Array<unknown>(rows);
  const { words } = headers;
  for (let i = 0; i < rows; i++) {
    if (validity !== undefined && !isValid(validity, i)) {
      values[i] = null;
      continue;
    }
    const at = i << 2;
    if ((words[at] as number) >>> 0 > inlineBytes) {
      values[i] = textAt(duckdb, headers, i);
      continue;
    }
    const place = memory.place(words, at);
    let text = memory.find(words, at, place);
    if (text === undefined) {
      text = textAt(duckdb, headers, i);
      memory.keep(words, at, place, text);
    }
    values[i] = text;
  }
  return values;
}

function textAt(duckdb: DuckDB, headers: Headers, row: number): string {
  const bytes = bytesAt(duckdb, headers, row * headerBytes);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
