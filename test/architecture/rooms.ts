import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../oracle/index.js';

/** The rooms from the top down, as the table in docs/architecture.md lists them: `cli/`, ..., `src/index.ts`, `src/build/`, ... */
export function readRooms(): string[] {
  const page = readFileSync(join(repositoryRoot, 'docs', 'architecture.md'), 'utf8');
  return [...page.matchAll(/^\| `([^`]+)` \|/gm)].map(([, room = '']) => room);
}

/** The room that a file lies in. */
export function roomOf(path: string, rooms: readonly string[]): string | undefined {
  return rooms.find((room) => path === room || (room.endsWith('/') && path.startsWith(room)));
}

/**
 * Whether a file is a door, through which other rooms may come: the room's index.ts. `core/` is a corridor: each folder in it has its
 * own, so that errors can be had without configuration.
 */
export function isDoor(path: string, room: string): boolean {
  if (path === room) return true;
  const inside = path.slice(room.length);
  return inside === 'index.ts' || (room === 'src/core/' && /^[^/]+\/index\.ts$/.test(inside));
}
