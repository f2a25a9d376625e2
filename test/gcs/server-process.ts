import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../free-port.js';

/** fake-gcs-server, with its objects in memory. */
export interface ServerProcess {
  readonly port: number;
  stop(): Promise<void>;
}

const startMilliseconds = 30_000;

/** @param publicUrl where clients reach it: it names this place in the URLs of resumable uploads. */
export async function startServer(program: string, publicUrl: string): Promise<ServerProcess> {
  const port = await freePort();
  const options = ['-scheme', 'http', '-host', '127.0.0.1', '-port', String(port), '-backend', 'memory'];
  const urls = ['-public-host', new URL(publicUrl).host, '-external-url', publicUrl, '-log-level', 'error'];
  const child = spawn(program, [...options, ...urls], { stdio: 'ignore' });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  child.unref();
  await untilReady(child, port);
  return {
    port,
    stop: async () => {
      process.removeListener('exit', kill);
      child.ref();
      const ended = once(child, 'close');
      if (child.exitCode === null && child.kill('SIGKILL')) await ended;
    },
  };
}

async function untilReady(child: ChildProcess, port: number): Promise<void> {
  let failed: Error | undefined;
  child.once('error', (cause) => {
    failed = new Error('fake-gcs-server does not start', { cause });
  });
  const end = Date.now() + startMilliseconds;
  while (Date.now() < end) {
    if (failed !== undefined) throw failed;
    if (child.exitCode !== null) throw new Error(`fake-gcs-server ended with ${child.exitCode}`);
    const answered = await fetch(`http://127.0.0.1:${port}/storage/v1/b?project=test`).then(
      async (response) => response.ok && (await response.text()) !== '',
      () => false,
    );
    if (answered) return;
    await sleep(20);
  }
  throw new Error('fake-gcs-server does not answer');
}
