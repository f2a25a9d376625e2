import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { BuildEvent, BuildResult } from '../../../src/build/index.js';

const script = fileURLToPath(new URL('./build-process.js', import.meta.url));

export interface BuildArguments {
  readonly dataset: string;
  readonly registry: string;
  readonly workers: number;
}

/** When to kill: so long after an event. */
export interface KillTime {
  readonly after: (event: BuildEvent) => boolean;
  readonly milliseconds: number;
}

export interface TimedEvent {
  readonly event: BuildEvent;
  /** Since the process began. */
  readonly milliseconds: number;
}

export interface ProcessOutcome {
  readonly events: readonly TimedEvent[];
  readonly isKilled: boolean;
  /** There when it came to its end. */
  readonly result: BuildResult | undefined;
}

/** Runs one build in a process group of its own, and kills the group with SIGKILL where it is told to. */
export async function runBuild(
  { dataset, registry, workers }: BuildArguments,
  kill?: KillTime,
): Promise<ProcessOutcome> {
  const started = performance.now();
  const child = spawn(process.execPath, ['--enable-source-maps', script, dataset, registry, String(workers)], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const events: TimedEvent[] = [];
  let timer: NodeJS.Timeout | undefined;
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const event = JSON.parse(line) as BuildEvent;
    events.push({ event, milliseconds: performance.now() - started });
    if (kill?.after(event) === true) timer ??= setTimeout(() => killGroup(child.pid), kill.milliseconds);
  });
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
    child.on('close', (...end) => resolve(end));
  });
  clearTimeout(timer);
  if (signal === null && code !== 0)
    throw new Error(`the build of ${dataset} failed with code ${String(code)}:\n${errors}`);
  const last = events.at(-1)?.event;
  return { events, isKilled: signal !== null, result: last?.type === 'build-end' ? last.result : undefined };
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended by itself at the same moment.
  }
}
