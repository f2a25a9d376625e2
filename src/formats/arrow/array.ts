import { DatasetsError } from '../../core/errors/index.js';
import type { EncodedBatch } from './batch-encoder.js';
import { type Field, typeName } from './field.js';
import type { RecordBatchHead } from './message-reader.js';

/** An Arrow array of a record batch, in place: its buffers lie in the batch's body. */
export interface ArrowArray {
  readonly field: Field;
  readonly length: number;
  /** A bitmap of the slots that are not null; undefined where none is. */
  readonly validity: Uint8Array | undefined;
  /** Offsets of lists and strings, `length + 1` of them. */
  readonly offsets: Int32Array | undefined;
  /** Values, or the bytes of strings. */
  readonly data: Uint8Array | undefined;
  /** The bytes that views point into. */
  readonly viewed?: readonly Uint8Array[];
  readonly children: readonly ArrowArray[];
}

/**
 * Splits the body of a record batch into the arrays of its fields.
 *
 * Stops before the first column of a type whose buffers aren't known, so that the columns before it can be read: only these are returned.
 *
 * @param body Starts at a multiple of 8 bytes of its ArrayBuffer.
 * @throws RangeError when the body does not hold what the head says.
 */
export function splitBody(fields: readonly Field[], head: RecordBatchHead, body: Uint8Array): readonly ArrowArray[] {
  const splitter = new BodySplitter(head, (index) => {
    const place = head.buffers[index];
    if (place === undefined) throw new RangeError('too few buffers');
    const [offset, bytes] = place;
    if (offset < 0 || bytes < 0 || offset + bytes > body.length) throw new RangeError('a buffer outside the body');
    return body.subarray(offset, offset + bytes);
  });
  return knownFields(fields).map((field) => splitter.array(field));
}

/** The array of one column of a batch, for which `bufferAt` gives the buffers. The columns before it must be known. */
export function columnArray(
  fields: readonly Field[],
  column: number,
  head: RecordBatchHead,
  bufferAt: (index: number) => Uint8Array,
): ArrowArray {
  const splitter = new BodySplitter(head, bufferAt);
  for (const field of fields.slice(0, column)) splitter.skip(field);
  return splitter.array(fields[column] as Field);
}

/** The indices `from .. to` of the buffers of each column of a batch, as far as they are known. */
export function bufferRanges(
  fields: readonly Field[],
  head: RecordBatchHead,
): readonly { readonly from: number; readonly to: number }[] {
  const splitter = new BodySplitter(head, () => new Uint8Array(0));
  return knownFields(fields).map((field) => {
    const from = splitter.buffer;
    splitter.skip(field);
    return { from, to: splitter.buffer };
  });
}

/** Those before the first column of a type whose buffers aren't known. */
function knownFields(fields: readonly Field[]): readonly Field[] {
  const unknown = fields.findIndex((field) => !hasKnownLayout(field));
  return unknown < 0 ? fields : fields.slice(0, unknown);
}

/** The arrays of a batch that was encoded for these fields. */
export function arraysOf(fields: readonly Field[], { nodes, buffers }: EncodedBatch): readonly ArrowArray[] {
  const splitter = new BodySplitter({ nodes, variadic: [] }, (index) => buffers[index] as Uint8Array);
  return fields.map((field) => splitter.array(field));
}

/** Whether the number of its buffers follows from its type. */
export function hasKnownLayout({ type, children }: Field): boolean {
  return (type.kind !== 'other' || type.layout !== undefined) && children.every(hasKnownLayout);
}

class BodySplitter {
  readonly #nodes: RecordBatchHead['nodes'];
  readonly #variadic: RecordBatchHead['variadic'];
  readonly #bufferAt: (index: number) => Uint8Array;
  #node = 0;
  #views = 0;
  /** Index of the next buffer. */
  buffer = 0;

  constructor(
    { nodes, variadic }: Pick<RecordBatchHead, 'nodes' | 'variadic'>,
    bufferAt: (index: number) => Uint8Array,
  ) {
    this.#nodes = nodes;
    this.#variadic = variadic;
    this.#bufferAt = bufferAt;
  }

  array(field: Field): ArrowArray {
    const node = this.#nodes[this.#node++];
    if (node === undefined) throw new RangeError('too few arrays');
    const [length, nullCount] = node;
    if (!Number.isSafeInteger(length) || length < 0) throw new RangeError('an array of no length');
    const { type } = field;
    const kind = type.kind === 'other' ? (type.foreign?.kind ?? 'other') : type.kind;
    if (kind === 'other' || kind === 'null') {
      this.buffer += type.kind === 'other' ? (type.layout?.buffers ?? 0) : 0;
      const children = field.children.map((child) => this.array(child));
      return { field, length, validity: undefined, offsets: undefined, data: undefined, children };
    }
    const bitmap = this.#next();
    const validity = nullCount === 0 || bitmap.length === 0 ? undefined : requireBytes(bitmap, (length + 7) >> 3);
    const offsets = hasOffsets(kind) ? this.#offsets(field, length) : undefined;
    const data = hasData(kind) ? this.#next() : undefined;
    const viewed = Array.from({ length: this.#viewed(type) }, () => this.#next());
    const children = field.children.map((child) => this.array(child));
    return { field, length, validity, offsets, data, viewed, children };
  }

  /** Passes over the buffers of a column. */
  skip(field: Field): void {
    const { type } = field;
    this.#node++;
    this.buffer +=
      type.kind === 'other'
        ? (type.layout?.buffers ?? 0)
        : 1 + Number(hasOffsets(type.kind)) + Number(hasData(type.kind));
    this.buffer += this.#viewed(type);
    for (const child of field.children) this.skip(child);
  }

  /** How many buffers the views of a column point into. */
  #viewed(type: Field['type']): number {
    if (type.kind !== 'other' || type.layout?.variadic !== true) return 0;
    const count = this.#variadic[this.#views++];
    if (count === undefined || count < 0) throw new RangeError('too few counts of buffers');
    return count;
  }

  #next(): Uint8Array {
    return this.#bufferAt(this.buffer++);
  }

  #offsets(field: Field, length: number): Int32Array {
    const buffer = this.#next();
    // An empty array may come without its one offset.
    if (length === 0 && buffer.length === 0) return new Int32Array(1);
    if (!field.type.kind.startsWith('large')) return new Int32Array(...aligned(buffer, 4, length + 1));
    const wide = new BigInt64Array(...aligned(buffer, 8, length + 1));
    if ((wide[length] ?? 0n) > 0x7fff_ffffn) {
      throw new DatasetsError(
        'UNSUPPORTED',
        `a batch of the column '${field.name}' (${typeName(field)}) has more than 2 GiB`,
        {
          hint: 'Write the file again in smaller batches.',
          at: { field: field.name },
        },
      );
    }
    return Int32Array.from(wide, Number);
  }
}

const kindsWithOffsets: ReadonlySet<string> = new Set([
  'utf8',
  'binary',
  'largeUtf8',
  'largeBinary',
  'list',
  'largeList',
  'map',
]);
const kindsWithoutData: ReadonlySet<string> = new Set(['struct', 'list', 'largeList', 'fixedSizeList', 'map']);

function hasOffsets(kind: string): boolean {
  return kindsWithOffsets.has(kind);
}

function hasData(kind: string): boolean {
  return !kindsWithoutData.has(kind);
}

function requireBytes(buffer: Uint8Array, bytes: number): Uint8Array {
  if (buffer.length < bytes) throw new RangeError('a buffer that is too short');
  return buffer;
}

/** Arguments of a typed array of `count` values of `width` bytes over a buffer, which is copied if it lies askew. */
export function aligned(buffer: Uint8Array, width: number, count: number): [ArrayBufferLike, number, number] {
  requireBytes(buffer, width * count);
  const start = buffer.byteOffset % width === 0 ? buffer : new Uint8Array(buffer);
  return [start.buffer, start.byteOffset, count];
}
