/**
 * Beam's own runners for tests: Prism of the Go SDK, and the Python SDK's, each behind its job service.
 *
 * @example
 * it('runs on Prism', async function () {
 *   const { endpoint } = await requirePrism(this);
 * });
 */
import { join } from 'node:path';
import type { Context } from 'mocha';
import { repositoryRoot, skip } from '../oracle/index.js';
import { findBeamPython, findPrism } from './prepare-runners.js';
import { type RunnerProcess, startRunner } from './runner-process.js';

export type { RunnerProcess } from './runner-process.js';

export interface PythonRunnerOptions {
  /** Worker processes that a stage is dealt to. Default: 1. */
  readonly workers?: number;
  /** Sends the values of a key over the State API, as Dataflow does with many. */
  readonly stateIterables?: boolean;
  /** The same, in pages of their own for what each bundle gave. */
  readonly statePages?: boolean;
  /** How often each bundle is processed again. Default: 0. */
  readonly bundleRepeat?: number;
  /** How often workers are asked for progress. Default: never. */
  readonly progressSeconds?: number;
}

/** Raises the time limit of a test that may start a runner: it takes a second or two, more on a busy machine. */
const startMilliseconds = 120_000;

/** By what distinguishes them. */
const running = new Map<string, Promise<RunnerProcess>>();

/** Prism, which all test files share, for a test or a hook. Without it the test is skipped with the reason, or fails where CI=true. */
export async function requirePrism(context: Context): Promise<RunnerProcess> {
  const found = findPrism();
  if ('missing' in found) return skip(context, found.missing);
  context.timeout(Math.max(context.timeout(), startMilliseconds));
  return startPrism(found.program);
}

/** Python's runner, one for each set of options, for a test or a hook. Without it the test is skipped with the reason, or fails where CI=true. */
export async function requirePythonRunner(context: Context, options: PythonRunnerOptions = {}): Promise<RunnerProcess> {
  const found = findBeamPython();
  if ('missing' in found) return skip(context, found.missing);
  context.timeout(Math.max(context.timeout(), startMilliseconds));
  return startPythonRunner(options, found.program);
}

/** As `requirePrism`, for a test that ends it: nobody else has it. */
export async function requireOwnPrism(context: Context): Promise<RunnerProcess> {
  const found = findPrism();
  if ('missing' in found) return skip(context, found.missing);
  return startPrismProcess(found.program);
}

/** As `requirePrism`, for scripts. */
export async function startPrism(program = programOf(findPrism())): Promise<RunnerProcess> {
  return shared('prism', () => startPrismProcess(program));
}

function startPrismProcess(program: string): Promise<RunnerProcess> {
  // Its text logs name the endpoint when it listens: `msg="Serving JobManagement" endpoint=localhost:41235`.
  const command = [program, '--job_port=0', '--serve_http=false', '--log_kind=text'];
  return startRunner(command, /Serving JobManagement\W+endpoint=localhost:(\d+)/);
}

/** As `requirePythonRunner`, for scripts. */
export async function startPythonRunner(
  options: PythonRunnerOptions = {},
  program = programOf(findBeamPython()),
): Promise<RunnerProcess> {
  const { workers = 1, stateIterables = false, statePages = false, bundleRepeat = 0, progressSeconds } = options;
  const settings = [
    `--workers=${workers}`,
    `--bundle-repeat=${bundleRepeat}`,
    ...(stateIterables || statePages ? ['--state-iterables'] : []),
    ...(statePages ? ['--state-pages'] : []),
    ...(progressSeconds === undefined ? [] : [`--progress-seconds=${progressSeconds}`]),
  ];
  const script = join(repositoryRoot, 'test', 'beam', 'python_runner.py');
  // -B: no __pycache__ beside the sources.
  const command = [program, '-B', script, ...settings];
  return shared(settings.join(' '), () => startRunner(command, /listening on (\d+)/));
}

/** Ends all runners; the root hook calls it after the last test. */
export async function closeRunners(): Promise<void> {
  const ending = [...running.values()];
  running.clear();
  await Promise.all(ending.map(async (runner) => (await runner).stop()));
}

async function shared(name: string, start: () => Promise<RunnerProcess>): Promise<RunnerProcess> {
  const before = running.get(name);
  if (before !== undefined && (await before).isRunning) return before;
  // Another test may have asked while this one waited.
  const now = running.get(name);
  if (now !== undefined && now !== before) return now;
  const starting = start();
  running.set(name, starting);
  starting.catch(() => running.delete(name));
  return starting;
}

function programOf(found: ReturnType<typeof findPrism>): string {
  if ('missing' in found) throw new Error(found.missing);
  return found.program;
}

export interface NamedRunner {
  readonly name: string;
  start(context: Context): Promise<RunnerProcess>;
}

/** What builds are tried on: one worker process, and two. */
export const buildRunners: readonly NamedRunner[] = [
  { name: 'Prism', start: (context) => requirePrism(context) },
  { name: "Python's runner with 2 workers", start: (context) => requirePythonRunner(context, { workers: 2 }) },
];
