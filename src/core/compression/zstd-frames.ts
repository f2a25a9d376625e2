/**
 * What zstd itself decompresses unless it is told to take more (ZSTD_WINDOWLOG_LIMIT_DEFAULT): the memory that a stream takes.
 */
const mostWindowBytes = 128 << 20;

const frameMagic = 0xfd2f_b528;
/** The low four bits of a skippable frame's magic number are free. */
const skippableMagic = 0x184d_2a50;

/** What comes next in the stream. */
type Expected = 'frame' | 'block' | 'content' | 'checksum' | 'skippable';

/**
 * Follows a Zstandard stream (RFC 8878) from frame to frame and block to block, without decompressing any: so that the windows that frames ask for are bounded before anybody allocates
 * them, blocks can be decompressed one by one, and a stream that was cut short is known as such.
 */
export class ZstdFrames {
  #expected: Expected = 'frame';
  /** A header of which some bytes have come; the longest has 14. */
  readonly #header = new Uint8Array(18);
  readonly #view = new DataView(this.#header.buffer);
  #filled = 0;
  /** Bytes of content that are still to come. */
  #left = 0;
  #hasChecksum = false;
  #checksum: number | undefined;
  #isLastBlock = false;

  /** Nothing is missing: the stream may end here. */
  get complete(): boolean {
    return this.#expected === 'frame' && this.#filled === 0;
  }

  /** Whether a checksum follows the content of the frame that is passed. */
  get hasChecksum(): boolean {
    return this.#hasChecksum;
  }

  /** The checksum of the frame that has ended, the low 32 bits of XXH64 of its content; undefined where it has none. */
  get checksum(): number | undefined {
    return this.#checksum;
  }

  /**
   * Passes over the bytes of a chunk from `from` on, up to the end of the next block, and returns where that is; the chunk's end if it doesn't hold it.
   *
   * @throws RangeError for what is no Zstandard stream
   */
  pass(chunk: Uint8Array, from: number): number {
    let at = from;
    while (at < chunk.length) {
      if (this.#left > 0) {
        const passed = Math.min(this.#left, chunk.length - at);
        this.#left -= passed;
        at += passed;
        if (this.#left > 0) return at;
        if (this.#ends()) return at;
        continue;
      }
      this.#header[this.#filled++] = chunk[at++] as number;
      if (this.#filled < this.#headerBytes()) continue;
      this.#filled = 0;
      this.#open();
      if (this.#left === 0 && this.#ends()) return at;
    }
    return at;
  }

  /** How long the header is whose first bytes are there. */
  #headerBytes(): number {
    if (this.#expected === 'block') return 3;
    if (this.#expected === 'checksum') return 4;
    if (this.#filled < 5) return 5;
    if (this.#isSkippable()) return 8;
    const descriptor = this.#header[4] as number;
    const isSingle = (descriptor & 0x20) !== 0;
    const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] as number;
    const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6] as number;
    return 5 + (isSingle ? 0 : 1) + dictionaryBytes + sizeBytes;
  }

  #isSkippable(): boolean {
    return (this.#view.getUint32(0, true) & 0xffff_fff0) >>> 0 === skippableMagic;
  }

  /** A header is complete: sees what follows it. */
  #open(): void {
    if (this.#expected === 'block') {
      this.#openBlock();
      return;
    }
    if (this.#expected === 'checksum') {
      this.#checksum = this.#view.getUint32(0, true);
      return;
    }
    this.#checksum = undefined;
    if (this.#isSkippable()) {
      this.#hasChecksum = false;
      this.#left = this.#view.getUint32(4, true);
      this.#expected = 'skippable';
      return;
    }
    if (this.#view.getUint32(0, true) !== frameMagic) throw new RangeError('no Zstandard frame begins there');
    const descriptor = this.#header[4] as number;
    this.#hasChecksum = (descriptor & 4) !== 0;
    if ((descriptor & 3) !== 0) throw new RangeError('it was compressed with a dictionary');
    const window = this.#windowBytes(descriptor);
    if (window > mostWindowBytes)
      throw new RangeError(`it asks for a window of ${window} bytes, more than ${mostWindowBytes}`);
    this.#expected = 'block';
  }

  #windowBytes(descriptor: number): number {
    if ((descriptor & 0x20) === 0) {
      const { exponent, mantissa } = {
        exponent: (this.#header[5] as number) >> 3,
        mantissa: (this.#header[5] as number) & 7,
      };
      const base = 2 ** (10 + exponent);
      return base + (base / 8) * mantissa;
    }
    switch (descriptor >> 6) {
      case 0:
        return this.#header[5] as number;
      case 1:
        return this.#view.getUint16(5, true) + 256;
      case 2:
        return this.#view.getUint32(5, true);
      default:
        return Number(this.#view.getBigUint64(5, true));
    }
  }

  #openBlock(): void {
    const header = this.#view.getUint16(0, true) | ((this.#header[2] as number) << 16);
    const type = (header >> 1) & 3;
    if (type === 3) throw new RangeError('it has a block of an unknown type');
    this.#isLastBlock = (header & 1) !== 0;
    // A block of one repeated byte (type 1) states what it becomes.
    this.#left = type === 1 ? 1 : header >>> 3;
    this.#expected = 'content';
  }

  /** What was expected has come whole; true where a block or a frame ends. */
  #ends(): boolean {
    switch (this.#expected) {
      case 'frame':
      case 'block':
        return false;
      case 'content':
        if (!this.#isLastBlock) this.#expected = 'block';
        else this.#expected = this.#hasChecksum ? 'checksum' : 'frame';
        return true;
      case 'checksum':
      case 'skippable':
        this.#expected = 'frame';
        return true;
    }
  }
}
