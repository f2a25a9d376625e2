import { RowArena } from '../features/index.js';

export const defaultBufferBytes = 16 << 20;
/** An arena is written out when it is this full; what is above takes the row that passes the limit, so that the arena doesn't double for it. */
const slackBytes = 256 << 10;
/** Arenas kept for the next task; more than this many splits at once are rare. */
const maxFree = 8;

/** Of this thread: tasks follow each other, and touching fresh pages costs more than hashing what is in them. */
const free: RowArena[] = [];
let scatterTarget = new Int32Array(0);

/** An empty arena that takes `bufferBytes` of rows without growing. */
export function acquireArena(bufferBytes: number): RowArena {
  const capacity = bufferBytes + slackBytes;
  const known = free.findIndex((arena) => fits(arena, capacity));
  if (known === -1) return new RowArena(capacity);
  const [arena] = free.splice(known, 1) as [RowArena];
  arena.position = 0;
  return arena;
}

export function releaseArena(arena: RowArena, bufferBytes: number): void {
  if (free.length < maxFree && fits(arena, bufferBytes + slackBytes)) free.push(arena);
}

/** Neither too small nor grown for one huge row. */
function fits(arena: RowArena, capacity: number): boolean {
  return arena.bytes.length >= capacity && arena.bytes.length <= capacity * 2;
}

/** The second arena, into which rows are scattered before they are written; in use only while one is. */
export function scatterTargetOf(words: number): Int32Array<ArrayBuffer> {
  if (scatterTarget.length < words) scatterTarget = new Int32Array(Math.ceil(words * 1.125));
  return scatterTarget;
}
