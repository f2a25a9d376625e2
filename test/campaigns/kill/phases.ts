import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildEvent } from '../../../src/build/index.js';
import type { TimedEvent } from './killed-build.js';

export const phases = ['reading', 'spilling', 'sorting', 'encoding', 'publishing'] as const;
export type Phase = (typeof phases)[number];

/** Whether an event begins a phase. Reading and spilling begin together: what is on the disk tells them apart. */
export function begins(phase: Phase, event: BuildEvent): boolean {
  if (phase === 'publishing') return event.type === 'publish-start';
  const wanted = phase === 'spilling' ? 'reading' : phase;
  return event.type === 'stage-start' && event.phase === wanted;
}

/** How long a phase took in a build that was left alone; undefined where it has none. */
export function phaseMilliseconds(phase: Phase, events: readonly TimedEvent[]): number | undefined {
  const start = events.find(({ event }) => begins(phase, event));
  if (start === undefined) return undefined;
  const wanted = phase === 'spilling' ? 'reading' : phase;
  const end = events.find(
    ({ event, milliseconds }) =>
      milliseconds > start.milliseconds &&
      (event.type === 'build-end' ||
        event.type === 'publish-start' ||
        (event.type === 'stage-start' && event.phase !== wanted)),
  );
  return end === undefined ? undefined : end.milliseconds - start.milliseconds;
}

/** What a build was doing when it was killed, by what it said last and, while it read, by what it had spilt. */
export function phaseAtKill(events: readonly TimedEvent[], registry: string): Phase | undefined {
  const last = events.findLast(({ event }) => event.type === 'stage-start' || event.type === 'publish-start')?.event;
  if (last === undefined) return undefined;
  if (last.type === 'publish-start') return 'publishing';
  if (last.type !== 'stage-start' || last.phase === undefined) return undefined;
  if (last.phase !== 'reading') return last.phase;
  return hasSpill(registry) ? 'spilling' : 'reading';
}

/** Rows are written when a buffer is full, and when a unit ends. */
function hasSpill(registry: string): boolean {
  const staging = join(registry, '.staging');
  return readdirSync(staging).some((build) => {
    const work = join(staging, build, 'work');
    return readdirSync(work).some((name) => name.startsWith('stage') && statSync(join(work, name)).size > 0);
  });
}
