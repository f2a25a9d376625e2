import { execFile } from 'node:child_process';

/**
 * Runs a script that kills itself at some moment.
 *
 * @param parameters the script and its arguments
 * @returns the signal that ended it; null where it came to its end, and printed `published`
 */
export function runToDeath(parameters: readonly string[]): Promise<NodeJS.Signals | null> {
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, parameters, (_, stdout, stderr) => {
      if (child.signalCode !== null) resolve(child.signalCode);
      else if (stdout.trim() === 'published') resolve(null);
      else reject(new Error(`${stdout}${stderr}`));
    });
  });
}
