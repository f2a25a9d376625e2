/** Bytes that are read from the first to the last. */
export interface ByteInput {
  /** Of the next byte, in the archive as it is without compression. */
  readonly offset: number;
  /** The next bytes, fewer only at the end. For small numbers: they are copied together. */
  take(count: number): Promise<Buffer>;
  /** Some of the next bytes without a copy, at most so many; undefined at the end. */
  takeSome(most: number): Promise<Uint8Array | undefined>;
  /** Goes on behind so many bytes; gives how many there were. */
  skip(count: number): Promise<number>;
}

/** `ByteInput.take` by way of `takeSome`. */
export async function takeTogether(input: Pick<ByteInput, 'takeSome'>, count: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let missing = count;
  while (missing > 0) {
    const piece = await input.takeSome(missing);
    if (piece === undefined) break;
    parts.push(piece);
    missing -= piece.length;
  }
  return Buffer.concat(parts);
}
