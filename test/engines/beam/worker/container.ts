import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Image } from '../../../container/build-image.js';

/** A process that was started as a runner starts a container. */
export interface RunningContainer {
  readonly process: ChildProcess;
  /** What it wrote to standard error. */
  said(): string;
  /** Processes that it started itself, with their command lines. */
  children(): readonly { readonly pid: number; readonly args: readonly string[] }[];
  /** Its status as a shell says it. */
  readonly ended: Promise<number>;
}

/** Starts an image's entry point with its variables and working directory; the arguments are the runner's. */
export function startContainer(image: Image, args: readonly string[]): RunningContainer {
  const child = spawn(process.execPath, [...image.program, ...args], {
    cwd: image.workingDirectory,
    // Nothing of this process's own settings: a container has none.
    env: { PATH: process.env['PATH'], ...image.environment },
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? -1));
  });
  return { process: child, said: () => said, children: () => childrenOf(child.pid ?? -1), ended };
}

function childrenOf(pid: number): readonly { readonly pid: number; readonly args: readonly string[] }[] {
  const pids = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
  return pids.map((child) => ({
    pid: Number(child),
    args: readFileSync(`/proc/${child}/cmdline`, 'utf8').split('\0').filter(Boolean),
  }));
}
