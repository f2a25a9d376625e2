/**
 * A table in a FlatBuffer (flatbuffers.dev/internals), read in place.
 *
 * Offsets are trusted as far as the buffer goes: beyond it DataView throws a RangeError, which the caller turns into `DATA_CORRUPT`.
 */
export class FlatTableReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #table: number;

  private constructor(bytes: Uint8Array, view: DataView, table: number) {
    this.#bytes = bytes;
    this.#view = view;
    this.#table = table;
  }

  static root(bytes: Uint8Array): FlatTableReader {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return new FlatTableReader(bytes, view, view.getUint32(0, true));
  }

  bool(slot: number): boolean {
    return this.int8(slot) !== 0;
  }

  int8(slot: number): number {
    const at = this.#field(slot);
    return at === 0 ? 0 : this.#view.getInt8(at);
  }

  /** @param fallback what a field is that is left out. */
  int16(slot: number, fallback = 0): number {
    const at = this.#field(slot);
    return at === 0 ? fallback : this.#view.getInt16(at, true);
  }

  int32(slot: number, fallback = 0): number {
    const at = this.#field(slot);
    return at === 0 ? fallback : this.#view.getInt32(at, true);
  }

  int64(slot: number): number {
    const at = this.#field(slot);
    return at === 0 ? 0 : Number(this.#view.getBigInt64(at, true));
  }

  string(slot: number): string | undefined {
    const at = this.#target(slot);
    if (at === undefined) return undefined;
    const length = this.#view.getUint32(at, true);
    return Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + at + 4, length).toString();
  }

  table(slot: number): FlatTableReader | undefined {
    const at = this.#target(slot);
    return at === undefined ? undefined : new FlatTableReader(this.#bytes, this.#view, at);
  }

  tables(slot: number): readonly FlatTableReader[] {
    const at = this.#target(slot);
    if (at === undefined) return [];
    return Array.from({ length: this.#count(at, 4) }, (_, i) => {
      const entry = at + 4 + 4 * i;
      return new FlatTableReader(this.#bytes, this.#view, entry + this.#view.getUint32(entry, true));
    });
  }

  int64s(slot: number): readonly number[] {
    const at = this.#target(slot);
    if (at === undefined) return [];
    return Array.from({ length: this.#count(at, 8) }, (_, i) => Number(this.#view.getBigInt64(at + 4 + 8 * i, true)));
  }

  /** A vector of structs of an int64, an int32, four bytes of padding, and an int64. */
  blocks(slot: number): readonly (readonly [number, number, number])[] {
    const at = this.#target(slot);
    if (at === undefined) return [];
    return Array.from({ length: this.#count(at, 24) }, (_, i) => {
      const block = at + 4 + 24 * i;
      return [
        Number(this.#view.getBigInt64(block, true)),
        this.#view.getInt32(block + 8, true),
        Number(this.#view.getBigInt64(block + 16, true)),
      ] as const;
    });
  }

  /** A vector of structs of two int64 each. */
  pairs(slot: number): readonly (readonly [number, number])[] {
    const at = this.#target(slot);
    if (at === undefined) return [];
    return Array.from({ length: this.#count(at, 16) }, (_, i) => {
      const pair = at + 4 + 16 * i;
      return [Number(this.#view.getBigInt64(pair, true)), Number(this.#view.getBigInt64(pair + 8, true))] as const;
    });
  }

  #count(at: number, itemBytes: number): number {
    const count = this.#view.getUint32(at, true);
    if (at + 4 + count * itemBytes > this.#bytes.length) throw new RangeError('a vector beyond the end of the buffer');
    return count;
  }

  #target(slot: number): number | undefined {
    const at = this.#field(slot);
    return at === 0 ? undefined : at + this.#view.getUint32(at, true);
  }

  /** Where the field lies, or 0 when it is left out. */
  #field(slot: number): number {
    const vtable = this.#table - this.#view.getInt32(this.#table, true);
    if (4 + 2 * slot >= this.#view.getUint16(vtable, true)) return 0;
    const offset = this.#view.getUint16(vtable + 4 + 2 * slot, true);
    return offset === 0 ? 0 : this.#table + offset;
  }
}
