import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../free-port.js';

/** bqemulator, with its tables in memory. */
export interface EmulatorProcess {
  readonly restPort: number;
  readonly readPort: number;
  stop(): Promise<void>;
}

const startMilliseconds = 60_000;

/** @param project which jobs and tables belong to */
export async function startEmulator(program: string, project: string): Promise<EmulatorProcess> {
  const [restPort, readPort] = [await freePort(), await freePort()];
  const home = makeHome(program);
  const ports = ['--rest-port', String(restPort), '--grpc-port', String(readPort)];
  const child = spawn(program, ['start', ...ports, '--project', project, '--log-level', 'error'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // It would fetch DuckDB's extensions for formats from the internet.
    env: { ...process.env, HOME: home, BQEMU_ENABLE_FORMAT_EXTENSIONS: 'false' },
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4000);
  });
  const end = (): void => {
    child.kill('SIGKILL');
    rmSync(home, { recursive: true, force: true });
  };
  process.once('exit', end);
  child.unref();
  (child.stderr as Partial<{ unref(): void }>).unref?.();
  await untilReady(child, restPort, readPort, project, () => said);
  return {
    restPort,
    readPort,
    stop: async () => {
      process.removeListener('exit', end);
      child.ref();
      const ended = once(child, 'close');
      if (child.exitCode === null && child.kill('SIGKILL')) await ended;
      end();
    },
  };
}

/**
 * A home of its own, in which DuckDB finds its extension `spatial`: the emulator does not start without it, and DuckDB would fetch it from the internet. It
 * comes with the package duckdb-extension-spatial.
 */
function makeHome(program: string): string {
  const home = mkdtempSync(join(tmpdir(), 'ailab-bigquery-'));
  for (const { file, version, platform } of spatialExtensions(program)) {
    const folder = join(home, '.duckdb', 'extensions', version, platform);
    mkdirSync(folder, { recursive: true });
    symlinkSync(file, join(folder, 'spatial.duckdb_extension'));
  }
  return home;
}

function* spatialExtensions(program: string) {
  // `bin` may be a link to somewhere else; the packages lie beside the real one.
  const lib = join(dirname(dirname(realpathSync(program))), 'lib');
  for (const python of readdirSync(lib)) {
    const folder = join(lib, python, 'site-packages', 'duckdb_extension_spatial', 'extensions');
    if (!existsSync(folder)) continue;
    for (const version of readdirSync(folder)) {
      yield { file: join(folder, version, 'spatial.duckdb_extension'), version, platform: duckdbPlatform() };
    }
  }
}

/** DuckDB's name of this machine: `PRAGMA platform`. */
function duckdbPlatform(): string {
  const system = process.platform === 'darwin' ? 'osx' : process.platform;
  return `${system}_${process.arch === 'x64' ? 'amd64' : process.arch}`;
}

async function untilReady(
  child: ChildProcess,
  restPort: number,
  readPort: number,
  project: string,
  said: () => string,
): Promise<void> {
  let failed: Error | undefined;
  child.once('error', (cause) => {
    failed = new Error('bqemulator does not start', { cause });
  });
  const end = Date.now() + startMilliseconds;
  while (Date.now() < end) {
    if (failed !== undefined) throw failed;
    if (child.exitCode !== null) throw new Error(`bqemulator ended with ${child.exitCode}: ${said()}`);
    if ((await answers(restPort, project)) && (await listens(readPort))) return;
    await sleep(20);
  }
  throw new Error(`bqemulator does not answer: ${said()}`);
}

function answers(port: number, project: string): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/bigquery/v2/projects/${project}/datasets`).then(
    async (response) => response.ok && (await response.text()) !== '',
    () => false,
  );
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return once(socket, 'connect')
    .then(
      () => true,
      () => false,
    )
    .finally(() => socket.destroy());
}
