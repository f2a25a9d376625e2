import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves when a process, not necessarily a child of this one, is no more. */
export async function processEnd(pid: number): Promise<void> {
  while (isAlive(pid)) await sleep(10);
}

function isAlive(pid: number): boolean {
  try {
    // Signal 0 asks whether it is there.
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
