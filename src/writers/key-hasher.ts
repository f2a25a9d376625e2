import { rowWords } from '../features/index.js';
import type { Key } from '../pipeline/index.js';
import { keyBytes } from './key-bytes.js';
import { md5Block, md5InitialState, swapBytes } from './md5.js';
import { createSimdMd5, lanesPerGroup, type SimdMd5 } from './md5-simd.js';

/** Messages up to this long fit one block with their padding: a 0x80 byte and 8 bytes of length. */
const oneBlockBytes = 55;
/** 32 groups are 24 KiB: messages, and the rows that they come from, stay in the first-level cache. */
const batchGroups = 32;
const batchRows = batchGroups * lanesPerGroup;

/** One for the thread: its memory holds nothing between calls. */
let sharedSimd: SimdMd5 | undefined | 'not tried' = 'not tried';

function simdOfThread(): SimdMd5 | undefined {
  if (sharedSimd === 'not tried') sharedSimd = createSimdMd5(batchGroups);
  return sharedSimd;
}

/**
 * Hashes the keys of many rows: md5(split ‖ key), the 128 bits by which tfds orders a split.
 *
 * Rows are as in features' row layout, one after the other; their keys are read from the rows and the hashes written to the rows' first four
 * words.
 */
export class RowHasher {
  readonly #simd: SimdMd5 | undefined;
  readonly #split: Uint8Array;
  /** The split's name as little-endian words; the last one has `#splitRest` bytes. */
  readonly #splitWords: Int32Array;
  readonly #splitRest: number;
  readonly #state = new Int32Array(4);
  #message = new Int32Array(32);

  /** @param simd false hashes in plain JavaScript (tests compare both). */
  constructor(split: string, simd = true) {
    this.#split = keyBytes(split);
    this.#splitRest = this.#split.length & 3;
    this.#splitWords = littleEndianWords(this.#split);
    this.#simd = simd ? simdOfThread() : undefined;
  }

  /**
   * Hashes every row from word `from` to word `to` of `words`.
   *
   * About 40 ns a row.
   */
  hashRows(words: Int32Array, from: number, to: number): void {
    let row = from;
    while (row < to)
      row = this.#simd === undefined ? this.#hashOne(words, row) : this.#hashBatch(this.#simd, words, row, to);
  }

  /** md5(split ‖ key) as 16 bytes. */
  hashKey(key: Key): Uint8Array {
    const bytes = keyBytes(key);
    this.#hashLong(littleEndianWords(bytes), 0, bytes.length);
    const hash = new Uint8Array(16);
    const view = new DataView(hash.buffer);
    for (let k = 0; k < 4; k++) view.setInt32(4 * k, this.#state[k] as number, false);
    return hash;
  }

  /** Fills one batch of message lanes from rows, hashes it, writes the digests back. Returns where the next batch begins. */
  #hashBatch(simd: SimdMd5, words: Int32Array, from: number, to: number): number {
    const lanes = simd.words;
    lanes.fill(0);
    let row = from;
    let lane = 0;
    while (lane < batchRows && row < to) {
      const keyLength = words[row + rowWords.keyBytes] as number;
      const next = row + ((words[row + rowWords.rowBytes] as number) >>> 2);
      if (this.#split.length + keyLength <= oneBlockBytes)
        this.#fillLane(lanes, laneStart(lane), words, keyStart(next, keyLength), keyLength);
      lane++;
      row = next;
    }
    simd.hash(Math.ceil(lane / lanesPerGroup));
    this.#takeDigests(lanes, words, from, row);
    return row;
  }

  #takeDigests(lanes: Int32Array, words: Int32Array, from: number, to: number): void {
    let lane = 0;
    for (let row = from; row < to; lane++) {
      const keyLength = words[row + rowWords.keyBytes] as number;
      const next = row + ((words[row + rowWords.rowBytes] as number) >>> 2);
      if (this.#split.length + keyLength <= oneBlockBytes) {
        const start = laneStart(lane);
        words[row] = lanes[start] as number;
        words[row + 1] = lanes[start + 4] as number;
        words[row + 2] = lanes[start + 8] as number;
        words[row + 3] = lanes[start + 12] as number;
      } else {
        this.#hashOne(words, row);
      }
      row = next;
    }
  }

  /** Lays split ‖ key ‖ padding into one lane; consecutive words of a lane are four apart. The lane is zero before. */
  #fillLane(lanes: Int32Array, lane: number, words: Int32Array, key: number, keyLength: number): void {
    const split = this.#splitWords;
    const whole = this.#split.length >>> 2;
    let out = lane;
    for (let i = 0; i < whole; i++, out += 4) lanes[out] = split[i] as number;
    const keyEnd = key + ((keyLength + 3) >>> 2);
    if (this.#splitRest === 0) {
      for (let i = key; i < keyEnd; i++, out += 4) lanes[out] = words[i] as number;
    } else {
      const shift = this.#splitRest << 3;
      let carry = split[whole] as number;
      for (let i = key; i < keyEnd; i++, out += 4) {
        const next = words[i] as number;
        lanes[out] = carry | (next << shift);
        carry = next >>> (32 - shift);
      }
      lanes[out] = carry;
    }
    const length = this.#split.length + keyLength;
    const last = lane + ((length >>> 2) << 2);
    lanes[last] = (lanes[last] as number) | (0x80 << ((length & 3) << 3));
    lanes[lane + 56] = length << 3;
  }

  #hashOne(words: Int32Array, row: number): number {
    const keyLength = words[row + rowWords.keyBytes] as number;
    const next = row + ((words[row + rowWords.rowBytes] as number) >>> 2);
    this.#hashLong(words, keyStart(next, keyLength), keyLength);
    words.set(this.#state, row);
    return next;
  }

  /** Hashes a key of any length into `#state`, as big-endian words. The key lies in whole words, padded with zeros. */
  #hashLong(words: Int32Array, key: number, keyLength: number): void {
    const length = this.#split.length + keyLength;
    const blocks = Math.ceil((length + 9) / 64);
    if (this.#message.length < blocks * 16) this.#message = new Int32Array(blocks * 32);
    const message = this.#message.fill(0, 0, blocks * 16);
    const bytes = new Uint8Array(message.buffer);
    bytes.set(this.#split);
    bytes.set(new Uint8Array(words.buffer, words.byteOffset + key * 4, keyLength), this.#split.length);
    bytes[length] = 0x80;
    message[blocks * 16 - 2] = length << 3;
    message[blocks * 16 - 1] = Math.floor(length / 2 ** 29);
    this.#state.set(md5InitialState);
    for (let block = 0; block < blocks; block++) md5Block(this.#state, message, block * 16);
    for (let k = 0; k < 4; k++) this.#state[k] = swapBytes(this.#state[k] as number);
  }
}

/** First word of lane `lane`: groups and lane sets follow each other, a lane set interleaves four messages. */
function laneStart(lane: number): number {
  return ((lane >>> 2) << 6) + (lane & 3);
}

/** Word where the key of the row that ends before word `rowEnd` begins. */
function keyStart(rowEnd: number, keyLength: number): number {
  return rowEnd - ((keyLength + 3) >>> 2);
}

function littleEndianWords(bytes: Uint8Array): Int32Array {
  const words = new Int32Array((bytes.length + 3) >>> 2);
  new Uint8Array(words.buffer).set(bytes);
  return words;
}

/**
 * The hash by which a split is ordered: md5(split ‖ key), 16 bytes, as in tfds' core/hashing.py.
 *
 * @throws DatasetsError KEY_INVALID when `key` is neither text nor an integer nor bytes.
 * @example keyHash('train', 17)
 */
export function keyHash(split: string, key: Key): Uint8Array {
  return new RowHasher(split).hashKey(key);
}
