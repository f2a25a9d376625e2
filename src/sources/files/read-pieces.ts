import { malformedFile } from '../malformed.js';
import { LocalFile, type OpenedFile } from './opened-file.js';

/** The first piece is small, since some readers want a header and no more; each is four times the one before it, up to the largest. */
const firstBytes = 64 << 10;
/** Large enough that a request's latency doesn't count (30 ms at 100 MB/s move 3 MB), small enough to hold two of them in every worker. */
const largestRemoteBytes = 4 << 20;
/** A piece that fits the processor's cache: 400 MB are read in 60 ms through such, and there is less fresh memory to touch. */
const largestLocalBytes = 512 << 10;

/**
 * The bytes `from .. to` of a file in pieces; while one is used, the next is on its way. A piece is valid until the next one is asked for.
 *
 * Memory: two pieces of 4 MiB, of a file of this machine 512 KiB.
 *
 * @throws DatasetsError SOURCE_MALFORMED when the file ends before `to`
 */
export async function* readPieces(file: OpenedFile, from: number, to: number): AsyncGenerator<Buffer, void, undefined> {
  const buffers: [Buffer, Buffer] = [Buffer.alloc(0), Buffer.alloc(0)];
  const largestBytes = file instanceof LocalFile ? largestLocalBytes : largestRemoteBytes;
  let size = firstBytes;
  let at = from;
  const begin = (turn: 0 | 1): Promise<Buffer> => {
    const length = Math.min(size, to - at);
    const offset = at;
    size = Math.min(size * 4, largestBytes);
    at += length;
    if (buffers[turn].length < length) buffers[turn] = Buffer.allocUnsafeSlow(length);
    const reading = readExactly(file, offset, length, buffers[turn]);
    // What fails while the piece before it is used is thrown when this one is awaited; until then it counts as handled.
    reading.catch(() => undefined);
    return reading;
  };
  let turn: 0 | 1 = 0;
  let next: Promise<Buffer> | undefined = from < to ? begin(turn) : undefined;
  try {
    while (next !== undefined) {
      const piece = await next;
      turn = turn === 0 ? 1 : 0;
      next = at < to ? begin(turn) : undefined;
      yield piece;
    }
  } finally {
    // A consumer that stops early leaves a read under way, which must not outlive the file.
    await Promise.allSettled([next]);
  }
}

async function readExactly(file: OpenedFile, offset: number, length: number, into: Buffer): Promise<Buffer> {
  const bytes = await file.read(offset, length, into);
  if (bytes.length === length) return bytes;
  throw malformedFile(file.name, 'became shorter while it was read', { offset: offset + bytes.length });
}
