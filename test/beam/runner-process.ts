import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A runner behind a job service, in a process of its own. */
export interface RunnerProcess {
  /** `localhost:` and the port of its job service. */
  readonly endpoint: string;
  /** False when it has died: Prism does so where a worker breaks its promises. */
  readonly isRunning: boolean;
  /** The end of what it wrote. */
  said(): string;
  stop(): Promise<void>;
}

const startMilliseconds = 60_000;
const guard = join(import.meta.dirname, 'guard.js');

/**
 * Starts a runner under a guard, so that it ends with this process even when that is killed.
 *
 * @param listening finds the port in the line by which the runner says that it is ready
 */
export async function startRunner(
  command: readonly string[],
  listening: RegExp,
  env: NodeJS.ProcessEnv = process.env,
): Promise<RunnerProcess> {
  const child = fork(guard, command, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], env, execArgv: [] });
  let said = '';
  const port = await new Promise<string>((resolve, reject) => {
    const late = setTimeout(() => fail('does not answer'), startMilliseconds);
    const fail = (how: string): void => {
      clearTimeout(late);
      if (child.connected) child.disconnect();
      reject(new Error(`${command.join(' ')} ${how}: ${said}`));
    };
    const onText = (text: string): void => {
      said = (said + text).slice(-16_384);
      const found = listening.exec(said)?.[1];
      if (found === undefined) return;
      clearTimeout(late);
      resolve(found);
    };
    child.stdout?.setEncoding('utf8').on('data', onText);
    child.stderr?.setEncoding('utf8').on('data', onText);
    child.once('exit', () => fail('ended'));
  });
  hold(child, false);
  return {
    endpoint: `localhost:${port}`,
    get isRunning() {
      return child.exitCode === null && child.signalCode === null;
    },
    said: () => said,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      hold(child, true);
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}

/** An idle runner must not keep the test process alive. */
function hold(child: ChildProcess, held: boolean): void {
  const action = held ? 'ref' : 'unref';
  child[action]();
  child.channel?.[action]();
  for (const pipe of [child.stdout, child.stderr]) (pipe as Partial<Record<'ref' | 'unref', () => void>>)?.[action]?.();
}
