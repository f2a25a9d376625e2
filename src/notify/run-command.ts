import { spawn } from 'node:child_process';
import { FetchFailure } from '../core/http/index.js';

/** EX_TEMPFAIL of sysexits.h: the program asks to be run again. */
const tryAgain = 75;

/**
 * Runs a program with a text on its standard input, without a shell. What it prints is thrown away: it may repeat secrets of its own.
 *
 * @throws FetchFailure when it can't be run, ends with another code than 0, or is not done in time: it is killed then
 */
export function runCommand(
  [program = '', ...args]: readonly string[],
  input: string,
  { directory, signal }: { readonly directory: string; readonly signal: AbortSignal },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: directory,
      stdio: ['pipe', 'ignore', 'ignore'],
      signal,
      killSignal: 'SIGKILL',
    });
    child.once('error', (cause) => {
      const { code = '' } = cause as NodeJS.ErrnoException;
      reject(
        signal.aborted
          ? new FetchFailure('the program was not done in time', false)
          : new FetchFailure(`the program can't be run (${code})`, false),
      );
    });
    child.once('exit', (code, killedBy) => {
      if (code === 0) resolve();
      else reject(new FetchFailure(`the program ended with ${code ?? killedBy}`, code === tryAgain));
    });
    // A program may end without having read what it does not need.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
