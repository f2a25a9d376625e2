/**
 * A value of Thrift's compact protocol (apache/thrift, doc/specs/thrift-compact-protocol.md), as far as Parquet's metadata needs it.
 * Integers are safe ones.
 */
export type ThriftValue =
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'i8' | 'i16' | 'i32' | 'i64'; readonly value: number }
  | { readonly kind: 'binary'; readonly bytes: Uint8Array }
  | { readonly kind: 'list'; readonly items: readonly ThriftValue[] }
  | { readonly kind: 'struct'; readonly fields: readonly ThriftField[] };

/** A field's number and value; one that is undefined is left out. */
export type ThriftField = readonly [id: number, value: ThriftValue | undefined];

export const thrift = {
  bool: (value: boolean): ThriftValue => ({ kind: 'bool', value }),
  i8: (value: number): ThriftValue => ({ kind: 'i8', value }),
  i16: (value: number): ThriftValue => ({ kind: 'i16', value }),
  i32: (value: number): ThriftValue => ({ kind: 'i32', value }),
  i64: (value: number): ThriftValue => ({ kind: 'i64', value }),
  text: (text: string): ThriftValue => ({ kind: 'binary', bytes: Buffer.from(text) }),
  binary: (bytes: Uint8Array): ThriftValue => ({ kind: 'binary', bytes }),
  list: (items: readonly ThriftValue[]): ThriftValue => ({ kind: 'list', items }),
  /** @param fields in the order of their numbers. */
  struct: (...fields: readonly ThriftField[]): ThriftValue => ({ kind: 'struct', fields }),
};

const typeCodes = { bool: 1, i8: 3, i16: 4, i32: 5, i64: 6, binary: 8, list: 9, struct: 12 } as const;

/** The bytes of a struct. */
export function writeThrift(struct: ThriftValue): Uint8Array {
  const writer = new CompactWriter();
  writer.value(struct);
  return writer.finish();
}

class CompactWriter {
  #bytes = new Uint8Array(256);
  #used = 0;

  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#used);
  }

  value(value: ThriftValue): void {
    switch (value.kind) {
      case 'bool':
        // In a list; a field's boolean lies in its head.
        this.#byte(value.value ? 1 : 2);
        break;
      case 'i8':
        this.#byte(value.value & 0xff);
        break;
      case 'i16':
      case 'i32':
      case 'i64':
        this.#varint(value.value < 0 ? -2 * value.value - 1 : 2 * value.value);
        break;
      case 'binary':
        this.#varint(value.bytes.length);
        this.#append(value.bytes);
        break;
      case 'list':
        this.#list(value.items);
        break;
      case 'struct':
        this.#struct(value.fields);
    }
  }

  #list(items: readonly ThriftValue[]): void {
    const [first] = items;
    const type = first === undefined ? typeCodes.struct : typeCodes[first.kind];
    if (items.length < 15) {
      this.#byte((items.length << 4) | type);
    } else {
      this.#byte(0xf0 | type);
      this.#varint(items.length);
    }
    for (const item of items) this.value(item);
  }

  #struct(fields: readonly ThriftField[]): void {
    let last = 0;
    for (const [id, value] of fields) {
      if (value === undefined) continue;
      const type = value.kind === 'bool' && !value.value ? 2 : typeCodes[value.kind];
      // No struct of Parquet has fields more than 15 apart, which would need a longer head.
      this.#byte(((id - last) << 4) | type);
      if (value.kind !== 'bool') this.value(value);
      last = id;
    }
    this.#byte(0);
  }

  #varint(value: number): void {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.#byte((rest % 128) | 128);
    this.#byte(rest);
  }

  #byte(byte: number): void {
    this.#reserve(1);
    this.#bytes[this.#used++] = byte;
  }

  #append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  #reserve(extra: number): void {
    if (this.#used + extra <= this.#bytes.length) return;
    const larger = new Uint8Array(2 * (this.#used + extra));
    larger.set(this.#bytes.subarray(0, this.#used));
    this.#bytes = larger;
  }
}
