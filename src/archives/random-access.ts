import type { FileHandle } from 'node:fs/promises';

/** A file whose parts are read in any order. */
export interface RandomAccess {
  readonly bytes: number;
  /** Reads up to `length` bytes from byte `offset`; fewer only at the end of the file. */
  read(offset: number, length: number): Promise<Buffer>;
}

export async function fileAccess(file: FileHandle): Promise<RandomAccess> {
  const { size } = await file.stat();
  return {
    bytes: size,
    async read(offset, length) {
      const bytes = Buffer.alloc(length);
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await file.read(bytes, filled, length - filled, offset + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return bytes.subarray(0, filled);
    },
  };
}
