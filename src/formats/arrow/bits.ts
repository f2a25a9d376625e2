/** Packs bytes (0 or not) into an Arrow bitmap, the least significant bit first, padded with zeros. */
export function packBits(bytes: Uint8Array): Uint8Array {
  const packed = new Uint8Array((bytes.length + 7) >> 3);
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] !== 0) packed[i >> 3] = (packed[i >> 3] as number) | (1 << (i & 7));
  }
  return packed;
}

/** Whether bit `i` of an Arrow bitmap is set. */
export function bitAt(bitmap: Uint8Array, i: number): boolean {
  return (((bitmap[i >> 3] as number) >> (i & 7)) & 1) !== 0;
}
