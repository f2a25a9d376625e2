/** Text of a batch that could not be left where it lay: quotes that were doubled, escapes. */
export class SideBuffer {
  bytes: Uint8Array = new Uint8Array(256);
  used = 0;

  /** Makes room for `more` bytes behind `used`; `bytes` may be another array afterwards. */
  reserve(more: number): void {
    if (this.used + more <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.bytes.length, this.used + more));
    larger.set(this.bytes.subarray(0, this.used));
    this.bytes = larger;
  }
}
