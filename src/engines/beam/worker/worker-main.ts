/**
 * The program of a worker of a Beam job: what an image starts, and a LOOPBACK pool or a process environment. Imports as little as it can before it knows what to do.
 */
import { fileURLToPath } from 'node:url';
import { DatasetsError } from '../../../core/errors/index.js';
import { serveWorker } from './serve-worker.js';
import { readWorkerFlags } from './worker-flags.js';

try {
  const flags = readWorkerFlags(process.argv.slice(2));
  process.exitCode = await serveWorker(flags, { entry: fileURLToPath(import.meta.url), report });
} catch (error) {
  report(error);
  process.exitCode = 1;
}
// Threads and connections of a user's code may be left, and would keep a container that has nothing to do.
process.exit();

function report(error: unknown): void {
  process.stderr.write(`${textOf(error)}\n`);
}

function textOf(error: unknown): string {
  if (!(error instanceof DatasetsError)) return error instanceof Error ? (error.stack ?? error.message) : String(error);
  const cause = error.cause instanceof Error ? `\n  ${error.cause.message}` : '';
  const hint = error.hint === undefined ? '' : `\nhint: ${error.hint}`;
  return `error[${error.code}]: ${error.message}${cause}${hint}`;
}
