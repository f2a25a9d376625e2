/** Dictionaries have at most so many bits a place: what fits a number's 32 bits with a part of a byte before it. */
export const widestBits = 24;

/**
 * Decodes `count` values of the hybrid of run lengths and bit packing (Encodings.md, "RLE = 3") into `target[at ..]`.
 *
 * @param bitWidth 0 to `widestBits`.
 * @throws RangeError when `bytes` end before.
 */
export function decodeHybrid(
  bytes: Uint8Array,
  bitWidth: number,
  target: Uint8Array | Int32Array,
  at: number,
  count: number,
): void {
  const end = at + count;
  if (bitWidth === 0) {
    target.fill(0, at, end);
    return;
  }
  const valueBytes = (bitWidth + 7) >> 3;
  let position = 0;
  let filled = at;
  while (filled < end) {
    let head = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[position++];
      if (byte === undefined || scale > 2 ** 28) throw new RangeError('levels or indices that end early');
      head += (byte & 127) * scale;
      if (byte < 128) break;
    }
    const run = Math.floor(head / 2);
    if (run === 0) throw new RangeError('a run of nothing');
    if (head % 2 === 0) {
      if (position + valueBytes > bytes.length) throw new RangeError('levels or indices that end early');
      let value = 0;
      for (let byte = 0; byte < valueBytes; byte++) value |= (bytes[position++] as number) << (8 * byte);
      const stop = Math.min(end, filled + run);
      target.fill(value, filled, stop);
      filled = stop;
    } else {
      const stop = Math.min(end, filled + 8 * run);
      unpack(bytes, position, bitWidth, target, filled, stop);
      position += run * bitWidth;
      filled = stop;
    }
  }
}

function unpack(
  bytes: Uint8Array,
  from: number,
  bitWidth: number,
  target: Uint8Array | Int32Array,
  at: number,
  end: number,
): void {
  if (from + Math.ceil(((end - at) * bitWidth) / 8) > bytes.length)
    throw new RangeError('packed values that end early');
  const mask = 2 ** bitWidth - 1;
  let position = from;
  let bits = 0;
  let count = 0;
  for (let i = at; i < end; i++) {
    for (; count < bitWidth; count += 8) bits |= (bytes[position++] as number) << count;
    target[i] = bits & mask;
    bits >>>= bitWidth;
    count -= bitWidth;
  }
}
