import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Which process owns a staged build, told apart also after its number has been given to another. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** Boot and pid namespace: only there the number means this process (two containers may have one host name). Linux only. */
  readonly space: string | undefined;
  /** When the process started, in clock ticks since boot. Linux only. */
  readonly startTicks: string | undefined;
}

export function currentProcess(): ProcessIdentity {
  return { pid: process.pid, host: hostname(), space: processSpace(), startTicks: startTicks(process.pid) };
}

/**
 * What can be known of a process from here. `unknown`: it ran on another host or in another container. `rebooted`: it ran on a host of this name, which
 * was started again since; or on another one that has the same name.
 */
export type Life = 'alive' | 'dead' | 'rebooted' | 'unknown';

export function lifeOf(identity: ProcessIdentity): Life {
  if (identity.host !== hostname()) return 'unknown';
  const space = processSpace();
  if (identity.space !== space) return bootOf(identity.space) === bootOf(space) ? 'unknown' : 'rebooted';
  try {
    process.kill(identity.pid, 0);
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return 'dead';
  }
  return identity.startTicks === undefined || identity.startTicks === startTicks(identity.pid) ? 'alive' : 'dead';
}

/** Whether something that was read names a process: its number becomes part of a path, and of a call that asks for it. */
export function isProcessIdentity(value: unknown): value is ProcessIdentity {
  if (typeof value !== 'object' || value === null || !('pid' in value) || !('host' in value)) return false;
  const { pid, host } = value;
  if (typeof pid !== 'number' || !Number.isInteger(pid) || pid < 1 || pid > 2 ** 31 - 1 || typeof host !== 'string')
    return false;
  const space = 'space' in value ? value.space : undefined;
  const startTicks = 'startTicks' in value ? value.startTicks : undefined;
  return [space, startTicks].every((part) => part === undefined || typeof part === 'string');
}

/** Whether a process lives, or undefined where this one can't know. */
export function isAlive(identity: ProcessIdentity): boolean | undefined {
  const life = lifeOf(identity);
  return life === 'alive' || life === 'dead' ? life === 'alive' : undefined;
}

function bootOf(space: string | undefined): string | undefined {
  return space?.split('/')[0];
}

function processSpace(): string | undefined {
  return attempt(() => {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}/${readlinkSync('/proc/self/ns/pid')}`;
  });
}

/** Field 22 of /proc/<pid>/stat (proc(5)); the second field may hold spaces and ends with the last parenthesis. */
function startTicks(pid: number): string | undefined {
  return attempt(() => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return fields.slice(fields.lastIndexOf(')') + 2).split(' ')[19];
  });
}

/** Where there is no /proc the process number alone has to do. */
function attempt(reading: () => string | undefined): string | undefined {
  try {
    return reading();
  } catch {
    return undefined;
  }
}
