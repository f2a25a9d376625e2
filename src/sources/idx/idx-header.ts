import { malformedFile } from '../malformed.js';

/** Types of values by the third byte of the magic number (http://yann.lecun.com/exdb/mnist/, "The IDX file format"). */
const valueTypes = {
  8: { type: 'uint8', bytes: 1 },
  9: { type: 'int8', bytes: 1 },
  11: { type: 'int16', bytes: 2 },
  12: { type: 'int32', bytes: 4 },
  13: { type: 'float32', bytes: 4 },
  14: { type: 'float64', bytes: 8 },
} as const;

export type IdxValueType = (typeof valueTypes)[keyof typeof valueTypes]['type'];

/** What the head of an IDX file says. */
export interface IdxHeader {
  readonly type: IdxValueType;
  readonly valueBytes: 1 | 2 | 4 | 8;
  readonly items: number;
  /** Values in one item: 784 for images of 28 x 28, 1 for labels. */
  readonly itemValues: number;
  /** Whether an item is a single number: the file has one dimension. */
  readonly scalar: boolean;
  readonly headerBytes: number;
}

/** Bytes that the longest header has: magic number and up to 255 dimensions. */
export const maxHeaderBytes = 4 + 4 * 255;

export function readIdxHeader(head: Buffer, file: string): IdxHeader {
  const code = head[2];
  const dimensions = head[3] ?? 0;
  const value = code === undefined ? undefined : Object.entries(valueTypes).find(([key]) => Number(key) === code)?.[1];
  if (head.length < 4 || head.readUInt16BE(0) !== 0 || value === undefined || dimensions === 0) {
    throw malformedFile(file, `does not begin as an IDX file: 0x${head.subarray(0, 4).toString('hex')}`, {
      hint: 'An IDX file begins with 0x00 0x00, the type of its values and the number of its dimensions.',
      offset: 0,
    });
  }
  const headerBytes = 4 + 4 * dimensions;
  if (head.length < headerBytes) throw malformedFile(file, 'ends inside its header', { offset: head.length });
  const sizes = Array.from({ length: dimensions }, (_, i) => head.readUInt32BE(4 + 4 * i));
  const [items = 0, ...itemShape] = sizes;
  const itemValues = itemShape.reduce((product, size) => product * size, 1);
  return { type: value.type, valueBytes: value.bytes, items, itemValues, scalar: dimensions === 1, headerBytes };
}
