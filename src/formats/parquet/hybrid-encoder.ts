import type { PageBuffer } from './page-buffer.js';

/** A run of equal values is written as such from this length on; shorter ones are packed with their neighbours. */
const shortestRun = 8;

/** Bits that values up to `max` take. */
export function bitWidthOf(max: number): number {
  return 32 - Math.clz32(max);
}

/**
 * Appends `values[from .. to)` in Parquet's hybrid of run lengths and bit packing (Encodings.md, "RLE = 3"), without a length.
 *
 * Packed values come in groups of 8, so that the last values before a run may be taken from it.
 *
 * @param bitWidth At least 1, at most 16.
 */
export function appendHybrid(
  page: PageBuffer,
  values: Uint8Array | Uint16Array,
  from: number,
  to: number,
  bitWidth: number,
): void {
  let packedFrom = from;
  for (let at = from; at < to; ) {
    const value = values[at] as number;
    let end = at + 1;
    while (end < to && values[end] === value) end++;
    const runFrom = at + ((8 - ((at - packedFrom) & 7)) & 7);
    if (end - runFrom >= shortestRun) {
      appendPacked(page, values, packedFrom, runFrom, bitWidth);
      appendRun(page, value, end - runFrom, bitWidth);
      packedFrom = end;
    }
    at = end;
  }
  appendPacked(page, values, packedFrom, to, bitWidth);
}

/** Appends one value `count` times. */
export function appendRun(page: PageBuffer, value: number, count: number, bitWidth: number): void {
  page.reserve(8);
  appendVarint(page, count * 2);
  page.bytes[page.used++] = value & 0xff;
  if (bitWidth > 8) page.bytes[page.used++] = value >>> 8;
}

function appendPacked(
  page: PageBuffer,
  values: Uint8Array | Uint16Array,
  from: number,
  to: number,
  bitWidth: number,
): void {
  if (from === to) return;
  const groups = (to - from + 7) >> 3;
  page.reserve(8 + groups * bitWidth);
  appendVarint(page, groups * 2 + 1);
  const { bytes } = page;
  const end = page.used + groups * bitWidth;
  let { used } = page;
  let bits = 0;
  let count = 0;
  for (let i = from; i < to; i++) {
    bits |= (values[i] as number) << count;
    for (count += bitWidth; count >= 8; count -= 8) {
      bytes[used++] = bits & 0xff;
      bits >>>= 8;
    }
  }
  bytes[used++] = bits;
  // The last group is filled up with zeros.
  if (used < end) bytes.fill(0, used, end);
  page.used = end;
}

function appendVarint(page: PageBuffer, value: number): void {
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) page.bytes[page.used++] = (rest & 127) | 128;
  page.bytes[page.used++] = rest;
}
