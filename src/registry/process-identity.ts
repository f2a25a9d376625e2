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

/** Whether a process lives, or undefined where this one can't know: on another host or in another container. */
export function isAlive(identity: ProcessIdentity): boolean | undefined {
  if (identity.host !== hostname() || identity.space !== processSpace()) return undefined;
  try {
    process.kill(identity.pid, 0);
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return identity.startTicks === undefined || identity.startTicks === startTicks(identity.pid);
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
