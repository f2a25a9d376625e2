import { readdirSync, readFileSync } from 'node:fs';

const pageBytes = 4096;

/**
 * Memory of a process and all its descendants in bytes. Undefined where the system doesn't tell, or the process is gone.
 *
 * One process: its resident set (proc(5), statm), which costs the kernel nothing to tell. Several: the sum of their proportional set sizes
 * (smaps_rollup), in which a page shared by several counts once; for that the kernel walks through all their pages, so look seldom.
 */
export function treeMemory(pid: number): number | undefined {
  const processes = withDescendants(pid);
  if (processes.length === 1) return residentSetSize(pid);
  return processes.reduce((sum, each) => sum + (proportionalSetSize(each) ?? 0), 0);
}

function withDescendants(pid: number): readonly number[] {
  return [pid, ...childrenOf(pid).flatMap(withDescendants)];
}

function residentSetSize(pid: number): number | undefined {
  const pages = readProcess(`${pid}/statm`).split(' ')[1];
  return pages === undefined ? undefined : Number(pages) * pageBytes;
}

function proportionalSetSize(pid: number): number | undefined {
  const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(readProcess(`${pid}/smaps_rollup`))?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

/** Any thread may have forked. */
function childrenOf(pid: number): readonly number[] {
  return listProcess(`${pid}/task`).flatMap((thread) =>
    readProcess(`${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number),
  );
}

function readProcess(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch (error) {
    if (isGone(error)) return '';
    throw error;
  }
}

function listProcess(path: string): readonly string[] {
  try {
    return readdirSync(`/proc/${path}`);
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

/** The process ended between two looks, or this isn't Linux. */
function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH');
}
