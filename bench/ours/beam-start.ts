/**
 * Starts a worker process, and waits until it asks its runner for work.
 *
 * `node beam-start.js PROGRAM`; the last line is JSON.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { FakeRunner } from '../../test/engines/beam/harness/fake-runner.js';

const [program = ''] = process.argv.slice(2);
const runner = await FakeRunner.start();
const { endpoint } = runner;
const started = performance.now();
const flags = ['--id=worker', `--control_endpoint=${endpoint}`, `--logging_endpoint=${endpoint}`];
const child = spawn(process.execPath, [program, ...flags], { stdio: ['ignore', 'inherit', 'inherit'] });
const exited = once(child, 'exit');
await runner.connected();
const seconds = (performance.now() - started) / 1000;
await runner.endControl();
await exited;
runner.stop();
console.log(JSON.stringify({ seconds }));
