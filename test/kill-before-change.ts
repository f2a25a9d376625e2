import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/** Calls that change what is on disk, of `node:fs/promises`. */
const counted = ['mkdir', 'rename', 'link', 'rm', 'writeFile'] as const;

/**
 * Has this process kill itself (SIGKILL) before a change to the file system: the one of that number, counted from 1, or the first one that names a path of a pattern. So each moment between two changes
 * can be tried.
 */
export function killBeforeChange(moment: number | RegExp): void {
  let changes = 0;
  const isNow = (parameters: readonly unknown[]): boolean => {
    changes++;
    if (typeof moment === 'number') return changes === moment;
    return parameters.some((parameter) => typeof parameter === 'string' && moment.test(parameter));
  };
  for (const name of counted) {
    const original = fs.promises[name] as (...parameters: unknown[]) => unknown;
    Object.assign(fs.promises, {
      [name]: (...parameters: unknown[]) => {
        if (isNow(parameters)) process.kill(process.pid, 'SIGKILL');
        return original(...parameters);
      },
    });
  }
  syncBuiltinESMExports();
}
