import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Runs a program with this process's output, without input; resolves to its exit code. */
export async function spawnInherited(command: string, commandArguments: readonly string[]): Promise<number> {
  const child = spawn(command, commandArguments, { stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = (await once(child, 'close')) as [number | null];
  return code ?? 1;
}

export interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CaptureOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  /** Milliseconds after which the program is killed; none by default. */
  readonly timeout?: number;
}

/** Runs a program to its end, whatever its exit code, and returns what it printed. */
export async function capture(
  command: string,
  commandArguments: readonly string[],
  { cwd, env, input, timeout }: CaptureOptions = {},
): Promise<Finished> {
  const child = spawn(command, commandArguments, { cwd, env: env ?? process.env, timeout, stdio: 'pipe' });
  child.stdin.end(input ?? '');
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const [code] = (await once(child, 'close')) as [number | null];
  return { exitCode: code ?? 1, stdout: await stdout, stderr: await stderr };
}

async function collect(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream) text += String(chunk);
  return text;
}
