const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** The bytes of the line end at `at`: 0 where there is none. */
export function lineEndAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at];
  if (byte === lineFeed) return 1;
  return byte === carriageReturn && bytes[at + 1] === lineFeed ? 2 : 0;
}
