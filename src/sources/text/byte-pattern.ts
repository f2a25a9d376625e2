/** Bytes that are expected somewhere, compared four at a time. */
export class BytePattern {
  readonly length: number;
  readonly #bytes: Uint8Array;
  /** Little endian; the last one is filled up with zeros. */
  readonly #words: Int32Array;
  /** The bits of the last word that count. */
  readonly #lastMask: number;

  constructor(bytes: Uint8Array) {
    this.length = bytes.length;
    this.#bytes = bytes;
    const words = Math.ceil(bytes.length / 4);
    const view = new DataView(new ArrayBuffer(4 * words));
    bytes.forEach((byte, at) => {
      view.setUint8(at, byte);
    });
    this.#words = Int32Array.from({ length: words }, (_, word) => view.getInt32(4 * word, true));
    this.#lastMask = (-1 >>> (8 * (4 * words - bytes.length))) | 0;
  }

  /** Whether they are at `at` of the bytes that `view` shows. */
  isAt(view: DataView, at: number): boolean {
    const words = this.#words;
    const last = words.length - 1;
    if (at + 4 * words.length > view.byteLength) return this.#isNearEnd(view, at);
    for (let i = 0; i < last; i++) if (view.getInt32(at + 4 * i, true) !== words[i]) return false;
    return ((view.getInt32(at + 4 * last, true) ^ (words[last] as number)) & this.#lastMask) === 0;
  }

  #isNearEnd(view: DataView, at: number): boolean {
    return at + this.length <= view.byteLength && this.#bytes.every((byte, i) => view.getUint8(at + i) === byte);
  }
}
