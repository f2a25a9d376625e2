/**
 * A writer of FlatBuffers (flatbuffers.dev/internals), for Arrow's messages: a dozen kinds of tables, a kilobyte each.
 *
 * Written here because apache-arrow costs 144 ms to import and shows no public way to write a message alone. A tree of nodes is laid
 * out front to back: offsets to children always point forward, as the format wants.
 */
export type FlatNode = FlatTable | FlatVector | FlatStructs | FlatString;

/** `slots[i]` is field `i` of the table's schema; undefined fields are left out. */
export interface FlatTable {
  readonly kind: 'table';
  readonly slots: readonly (FlatScalar | FlatNode | undefined)[];
}

export interface FlatScalar {
  readonly kind: 'int8' | 'int16' | 'int32' | 'int64';
  readonly value: number;
}

/** A vector of tables. */
export interface FlatVector {
  readonly kind: 'vector';
  readonly items: readonly FlatTable[];
}

/** A vector of structs that consist of two int64 each (FieldNode, Buffer). */
export interface FlatStructs {
  readonly kind: 'structs';
  readonly pairs: readonly (readonly [number, number])[];
}

export interface FlatString {
  readonly kind: 'string';
  readonly text: string;
}

export const flat = {
  table: (...slots: FlatTable['slots']): FlatTable => ({ kind: 'table', slots }),
  vector: (items: readonly FlatTable[]): FlatVector => ({ kind: 'vector', items }),
  structs: (pairs: FlatStructs['pairs']): FlatStructs => ({ kind: 'structs', pairs }),
  string: (text: string): FlatString => ({ kind: 'string', text }),
  bool: (value: boolean): FlatScalar => ({ kind: 'int8', value: value ? 1 : 0 }),
  int8: (value: number): FlatScalar => ({ kind: 'int8', value }),
  int16: (value: number): FlatScalar => ({ kind: 'int16', value }),
  int32: (value: number): FlatScalar => ({ kind: 'int32', value }),
  int64: (value: number): FlatScalar => ({ kind: 'int64', value }),
} as const;

/** The FlatBuffer with `root` as its root table, padded to a multiple of 8 bytes. */
export function writeFlatBuffer(root: FlatTable): Uint8Array {
  const writer = new FlatBufferWriter();
  writer.reference(writer.claim(4, 4), root);
  return writer.finish();
}

const scalarBytes = { int8: 1, int16: 2, int32: 4, int64: 8 } as const;

class FlatBufferWriter {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #used = 0;

  finish(): Uint8Array {
    this.claim(0, 8);
    return this.#bytes.subarray(0, this.#used);
  }

  /** Takes `size` zero bytes at the next multiple of `alignment`, and `before` of them unaligned in front. */
  claim(size: number, alignment: number, before = 0): number {
    const start = Math.ceil((this.#used + before) / alignment) * alignment;
    this.#used = start + size;
    if (this.#used > this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#used);
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return start;
  }

  /** Writes a node behind everything else, and its offset at `at`. */
  reference(at: number, node: FlatNode): void {
    const position = this.#write(node);
    this.#view.setUint32(at, position - at, true);
  }

  #write(node: FlatNode): number {
    switch (node.kind) {
      case 'table':
        return this.#table(node);
      case 'vector':
        return this.#vector(node);
      case 'structs':
        return this.#structs(node);
      case 'string':
        return this.#string(node);
    }
  }

  /** A table is preceded by its vtable, whose entries say where in the table each field lies (0: left out). */
  #table({ slots }: FlatTable): number {
    const vtableBytes = 4 + 2 * slots.length;
    const positions = layOut(slots);
    const table = this.claim(positions.end, 8, vtableBytes);
    const vtable = table - vtableBytes;
    this.#view.setInt32(table, vtableBytes, true);
    this.#view.setUint16(vtable, vtableBytes, true);
    this.#view.setUint16(vtable + 2, positions.end, true);
    for (const [i, slot] of slots.entries()) {
      const position = positions.starts[i] ?? 0;
      this.#view.setUint16(vtable + 4 + 2 * i, position, true);
      if (slot === undefined) continue;
      if (slot.kind in scalarBytes) this.#scalar(table + position, slot as FlatScalar);
      else this.reference(table + position, slot as FlatNode);
    }
    return table;
  }

  #scalar(at: number, { kind, value }: FlatScalar): void {
    if (kind === 'int8') this.#view.setInt8(at, value);
    else if (kind === 'int16') this.#view.setInt16(at, value, true);
    else if (kind === 'int32') this.#view.setInt32(at, value, true);
    else this.#view.setBigInt64(at, BigInt(value), true);
  }

  #vector({ items }: FlatVector): number {
    const start = this.claim(4 + 4 * items.length, 4);
    this.#view.setUint32(start, items.length, true);
    for (const [i, item] of items.entries()) this.reference(start + 4 + 4 * i, item);
    return start;
  }

  #structs({ pairs }: FlatStructs): number {
    const first = this.claim(16 * pairs.length, 8, 4);
    this.#view.setUint32(first - 4, pairs.length, true);
    for (const [i, [a, b]] of pairs.entries()) {
      this.#view.setBigInt64(first + 16 * i, BigInt(a), true);
      this.#view.setBigInt64(first + 16 * i + 8, BigInt(b), true);
    }
    return first - 4;
  }

  #string({ text }: FlatString): number {
    const bytes = Buffer.from(text);
    const start = this.claim(4 + bytes.length + 1, 4);
    this.#view.setUint32(start, bytes.length, true);
    this.#bytes.set(bytes, start + 4);
    return start;
  }
}

/** Where in a table each field starts; the first four bytes point to the vtable. Every field is aligned to its own size. */
function layOut(slots: FlatTable['slots']): { readonly starts: readonly number[]; readonly end: number } {
  let end = 4;
  const starts = slots.map((slot) => {
    if (slot === undefined) return 0;
    const size = slot.kind in scalarBytes ? scalarBytes[(slot as FlatScalar).kind] : 4;
    const start = Math.ceil(end / size) * size;
    end = start + size;
    return start;
  });
  return { starts, end };
}
