/**
 * Runs a program until it ends, or until whoever started the guard is gone, however that came about: a runner whose workers have died may hang for ever.
 *
 * `node guard.js PROGRAM ARGUMENT...`, with an IPC channel to the process that it watches.
 */
import { spawn } from 'node:child_process';

const [program = '', ...programArguments] = process.argv.slice(2);
const child = spawn(program, programArguments, { stdio: 'inherit' });
child.once('error', (error) => {
  process.stderr.write(`${program} does not start: ${error.message}\n`);
  process.exit(1);
});
child.once('exit', (code, signal) => {
  process.stderr.write(`${program} ended: ${signal ?? `exit code ${code}`}\n`);
  process.exit(code ?? 1);
});
process.once('disconnect', () => child.kill('SIGKILL'));
