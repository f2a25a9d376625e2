/**
 * Google Cloud Storage for tests: fake-gcs-server behind a proxy that does what Google does and the server does not.
 *
 * @example
 * it('publishes into a bucket', async function () {
 *   const gcs = await requireGcs(this);
 *   const { url, storage } = await gcs.newBucket();
 * });
 */
import { randomUUID } from 'node:crypto';
import type { Context } from 'mocha';
import { type GcsSettings, GcsStorage } from '../../src/storage/index.js';
import { skip } from '../oracle/index.js';
import { type FaultPlan, type FaultProxy, startFaultProxy } from './fault-proxy.js';
import { findServer } from './prepare-server.js';
import { startServer } from './server-process.js';
import { startStrictProxy } from './strict-proxy.js';

export { type FaultKind, type FaultPlan, type FaultProxy, faultKinds } from './fault-proxy.js';
export { type RequestLog, startRequestLog } from './request-log.js';

export interface Bucket {
  readonly name: string;
  /** `gs://` with a prefix inside the bucket. */
  readonly url: string;
  readonly storage: GcsStorage;
}

export interface Gcs {
  /** Also in STORAGE_EMULATOR_HOST of this process, for `openStorage` and for processes that are started from it. */
  readonly endpoint: string;
  /** The emulator itself, without what the proxy adds: for comparisons of speed. */
  readonly bareEndpoint: string;
  /** An empty bucket. */
  newBucket(settings?: Partial<GcsSettings>): Promise<Bucket>;
  /** Another way to the same buckets, on which requests fail by chance; whoever started it closes it. */
  startFaults(plan: FaultPlan): Promise<FaultProxy>;
}

/** The driver's own, but without waiting in tests. */
export const impatient: Partial<GcsSettings> = {
  stallMilliseconds: 400,
  firstDelayMilliseconds: 5,
  maxDelayMilliseconds: 40,
  maxAttempts: 25,
};

interface Running {
  readonly gcs: Gcs;
  stop(): Promise<void>;
}

let running: Promise<Running> | undefined;

/**
 * The server that all test files share, for a test or a hook: `await requireGcs(this)`. Without it the test is skipped with the reason, or fails
 * where CI=true.
 */
export async function requireGcs(context: Context): Promise<Gcs> {
  const found = findServer();
  if ('missing' in found) return skip(context, found.missing);
  return startGcs(found.program);
}

/** The same for scripts. */
export async function startGcs(program?: string): Promise<Gcs> {
  const found = program === undefined ? findServer() : { program };
  if ('missing' in found) throw new Error(found.missing);
  running ??= start(found.program);
  return (await running).gcs;
}

/** Ends the server; the root hook calls it after the last test. */
export async function closeGcs(): Promise<void> {
  const ending = running;
  running = undefined;
  await (await ending)?.stop();
}

async function start(program: string): Promise<Running> {
  let port = 0;
  const proxy = await startStrictProxy(() => port);
  const server = await startServer(program, proxy.url);
  port = server.port;
  process.env['STORAGE_EMULATOR_HOST'] = proxy.url;
  const gcs: Gcs = {
    endpoint: proxy.url,
    bareEndpoint: `http://127.0.0.1:${port}`,
    newBucket: async (settings) => {
      const name = `test-${randomUUID()}`;
      const url = `gs://${name}/registry`;
      const body = JSON.stringify({ name });
      const headers = { 'content-type': 'application/json' };
      const reply = await fetch(`${proxy.url}/storage/v1/b?project=test`, { method: 'POST', headers, body });
      if (!reply.ok) throw new Error(`no bucket: ${await reply.text()}`);
      return { name, url, storage: new GcsStorage(url, { endpoint: proxy.url, ...settings }) };
    },
    startFaults: (plan) => startFaultProxy(proxy.url, plan),
  };
  const stop = async (): Promise<void> => {
    delete process.env['STORAGE_EMULATOR_HOST'];
    await proxy.close();
    await server.stop();
  };
  return { gcs, stop };
}
