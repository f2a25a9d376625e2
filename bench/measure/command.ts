import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { treeMemory } from './memory.js';

/** Often enough for a build's phases, and below a hundredth of a processor for the looking. */
const memoryIntervalMilliseconds = 100;

export interface Command {
  readonly program: string;
  readonly parameters: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Working directory. */
  readonly directory?: string;
}

export interface Measurement {
  /** From the start of the process to its end. */
  readonly seconds: number;
  /** The largest memory of the process and its descendants at any moment; 0 where the system doesn't tell. */
  readonly peakBytes: number;
  /** The JSON of the last line that it printed, where that is an object. */
  readonly report: Readonly<Record<string, unknown>>;
}

/**
 * Runs a command once, to its end.
 *
 * @throws Error with what the command printed, when it fails.
 */
export async function measureCommand({ program, parameters, environment, directory }: Command): Promise<Measurement> {
  const started = performance.now();
  const child = spawn(program, parameters, {
    cwd: directory,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let peakBytes = 0;
  const timer = setInterval(() => {
    peakBytes = Math.max(peakBytes, child.pid === undefined ? 0 : (treeMemory(child.pid) ?? 0));
  }, memoryIntervalMilliseconds);
  const printed: Buffer[] = [];
  const complaints: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => printed.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    const seconds = (performance.now() - started) / 1000;
    const output = Buffer.concat(printed).toString();
    if (code !== 0)
      throw new Error(`${program} ${parameters.join(' ')} failed (${code}):\n${output}\n${Buffer.concat(complaints)}`);
    return { seconds, peakBytes, report: lastObject(output) };
  } finally {
    clearInterval(timer);
  }
}

function lastObject(output: string): Readonly<Record<string, unknown>> {
  const line = output.trimEnd().split('\n').at(-1) ?? '';
  return line.startsWith('{') ? (JSON.parse(line) as Record<string, unknown>) : {};
}
