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
  const splitter = new BodySplitter(head.nodes, (index) => {
    const place = head.buffers[index];
    if (place === undefined) throw new RangeError('too few buffers');
    const [offset, bytes] = place;
    if (offset < 0 || bytes < 0 || offset + bytes > body.length) throw new RangeError('a buffer outside the body');
    return body.subarray(offset, offset + bytes);
  });
  const known = fields.findIndex((field) => !hasKnownLayout(field));
  return fields.slice(0, known < 0 ? fields.length : known).map((field) => splitter.array(field));
}

/** The arrays of a batch that was encoded for these fields. */
export function arraysOf(fields: readonly Field[], { nodes, buffers }: EncodedBatch): readonly ArrowArray[] {
  const splitter = new BodySplitter(nodes, (index) => buffers[index] as Uint8Array);
  return fields.map((field) => splitter.array(field));
}

function hasKnownLayout({ type, children }: Field): boolean {
  return (type.kind !== 'other' || type.layout !== undefined) && children.every(hasKnownLayout);
}

class BodySplitter {
  readonly #nodes: RecordBatchHead['nodes'];
  readonly #bufferAt: (index: number) => Uint8Array;
  #node = 0;
  #buffer = 0;

  constructor(nodes: RecordBatchHead['nodes'], bufferAt: (index: number) => Uint8Array) {
    this.#nodes = nodes;
    this.#bufferAt = bufferAt;
  }

  array(field: Field): ArrowArray {
    const node = this.#nodes[this.#node++];
    if (node === undefined) throw new RangeError('too few arrays');
    const [length, nullCount] = node;
    const { type } = field;
    if (type.kind === 'other') {
      this.#buffer += type.layout?.buffers ?? 0;
      const children = field.children.map((child) => this.array(child));
      return { field, length, validity: undefined, offsets: undefined, data: undefined, children };
    }
    const bitmap = this.#next();
    const validity = nullCount === 0 || bitmap.length === 0 ? undefined : requireBytes(bitmap, (length + 7) >> 3);
    const offsets = hasOffsets(type.kind) ? this.#offsets(field, length) : undefined;
    const data = hasData(type.kind) ? this.#next() : undefined;
    const children = field.children.map((child) => this.array(child));
    return { field, length, validity, offsets, data, children };
  }

  #next(): Uint8Array {
    return this.#bufferAt(this.#buffer++);
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

function hasOffsets(kind: string): boolean {
  return kind !== 'struct' && kind !== 'fixedSizeList' && kind !== 'bool' && kind !== 'int' && kind !== 'float';
}

function hasData(kind: string): boolean {
  return kind !== 'struct' && kind !== 'list' && kind !== 'largeList' && kind !== 'fixedSizeList';
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
