/** Bytes of a page while it is put together; keeps its memory from page to page. */
export class PageBuffer {
  bytes = new Uint8Array(1 << 16);
  view = new DataView(this.bytes.buffer);
  used = 0;

  /** Makes room for `extra` bytes behind the used ones. */
  reserve(extra: number): void {
    const needed = this.used + extra;
    if (needed <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.bytes.length));
    larger.set(this.bytes.subarray(0, this.used));
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }

  /** Appends all bytes of a typed array. */
  append(array: ArrayBufferView): void {
    this.reserve(array.byteLength);
    this.bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), this.used);
    this.used += array.byteLength;
  }

  clear(): void {
    this.used = 0;
  }

  /** What is used, in place. */
  finished(): Uint8Array {
    return this.bytes.subarray(0, this.used);
  }
}
