import { execFile } from 'node:child_process';
import type { Context } from 'mocha';
import { skip } from '../oracle/index.js';

export interface FullDiskRun {
  readonly stdout: string;
}

/**
 * Runs a module of ours where `/mnt` is a real file system of a few KiB, in a mount namespace of its own (Linux).
 *
 * @param script absolute path of a compiled module; it gets the directory as its argument.
 */
export async function runOnSmallDisk(
  context: Context,
  script: string,
  kibibytes: number,
  { readOnly = false } = {},
): Promise<FullDiskRun> {
  if (process.platform !== 'linux') skip(context, 'a small disk of its own needs Linux');
  const mount = `mount -t tmpfs -o ${readOnly ? 'ro,' : ''}size=${kibibytes}k none /mnt && exec "$0" --enable-source-maps "$1" /mnt`;
  return new Promise((resolve, reject) => {
    execFile('unshare', ['-rm', 'sh', '-c', mount, process.execPath, script], (error, stdout, stderr) => {
      if (error === null) resolve({ stdout });
      else if (/unshare: |mount: |ENOENT/.test(stderr + error.message)) skipInto(context, stderr, reject);
      else reject(new Error(stderr, { cause: error }));
    });
  });
}

function skipInto(context: Context, reason: string, reject: (reason: unknown) => void): void {
  try {
    skip(context, `no mount namespaces here: ${reason.trim()}`);
  } catch (skipped) {
    reject(skipped);
  }
}
