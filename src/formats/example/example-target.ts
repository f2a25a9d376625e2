import { copyFewBytes, manyBytes } from '../columns/copy-bytes.js';
import { tags } from './example-layout.js';
import { putVarint32, varintSize32 } from './varint.js';

/** Bytes that are written over and over: as words, in a third of the time. */
export class Template {
  readonly bytes: Uint8Array;
  readonly words: Int32Array;

  constructor(bytes: Uint8Array) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.bytes = bytes;
    this.words = Int32Array.from({ length: bytes.length >> 2 }, (_, i) => view.getInt32(4 * i, true));
  }
}

/** Values and the heads of entries are written as whole words, so many bytes beyond an example's end at most. */
export const exampleSlackBytes = 11;

/** A buffer that tf.Examples are written to. Every method takes where to write and returns where it ends. */
export class ExampleTarget {
  readonly bytes: Uint8Array;
  readonly view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  template(at: number, { bytes, words }: Template): number {
    const wordBytes = 4 * words.length;
    for (let i = 0; i < words.length; i++) this.view.setInt32(at + 4 * i, words[i] as number, true);
    for (let i = wordBytes; i < bytes.length; i++) this.bytes[at + i] = bytes[i] as number;
    return at + bytes.length;
  }

  /** Copies `bytes[from .. to)`; `view` is over the same bytes. */
  copy(at: number, view: DataView, bytes: Uint8Array, from: number, to: number): number {
    const size = to - from;
    if (size < manyBytes) return copyFewBytes(view, from, to, this.view, at);
    this.bytes.set(bytes.subarray(from, to), at);
    return at + size;
  }

  /** The head of one value in a list: tag and length. */
  valueHead(at: number, size: number): number {
    this.bytes[at] = tags.values;
    return putVarint32(this.bytes, at + 1, size);
  }

  /** The head of a map entry whose list message has `listBytes` bytes, up to the list's content. */
  entryHead(at: number, prefix: Template, listTag: number, listBytes: number): number {
    const { bytes } = this;
    const featureBytes = 1 + varintSize32(listBytes) + listBytes;
    bytes[at] = tags.entry;
    const entryBytes = prefix.bytes.length + varintSize32(featureBytes) + featureBytes;
    const afterPrefix = this.template(putVarint32(bytes, at + 1, entryBytes), prefix);
    const afterLength = putVarint32(bytes, afterPrefix, featureBytes);
    bytes[afterLength] = listTag;
    return putVarint32(bytes, afterLength + 1, listBytes);
  }

  /** The same for packed numbers of `packed` bytes in all; without any, the list message is empty. */
  packedHead(at: number, prefix: Template, listTag: number, packed: number): number {
    if (packed === 0) return this.entryHead(at, prefix, listTag, 0);
    return this.valueHead(this.entryHead(at, prefix, listTag, 1 + varintSize32(packed) + packed), packed);
  }

  /** The same as `copy` for few bytes, but as words: what is too much of the last is overwritten by what follows. */
  copyFew(at: number, view: DataView, bytes: Uint8Array, from: number, to: number): number {
    if (to + 3 > view.byteLength) return this.copy(at, view, bytes, from, to);
    const target = this.view;
    const shift = at - from;
    for (let i = from; i < to; i += 4) target.setInt32(i + shift, view.getInt32(i, true), true);
    return to + shift;
  }
}
