import { readdirSync, readFileSync } from 'node:fs';

/**
 * Memory of a process and all its descendants in bytes: the sum of their proportional set sizes, in which a page shared by several counts once
 * (proc(5), smaps_rollup). Undefined where the system doesn't tell, or the process is gone.
 */
export function treeMemory(pid: number): number | undefined {
  const own = proportionalSetSize(pid);
  if (own === undefined) return undefined;
  return childrenOf(pid).reduce((sum, child) => sum + (treeMemory(child) ?? 0), own);
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
