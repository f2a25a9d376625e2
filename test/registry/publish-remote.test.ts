import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import {
  listStagedBuilds,
  openRegistry,
  publish,
  type Registry,
  readAudit,
  readManifest,
  removeAbandonedBuilds,
  type StagedVersion,
  type StageOptions,
  stageVersion,
  type VersionMetadata,
  writeMetadata,
} from '../../src/registry/index.js';
import { GcsStorage } from '../../src/storage/index.js';
import { parseCall } from '../gcs/api-call.js';
import { type Gcs, requireGcs } from '../gcs/index.js';
import { type MadeUp, makeShards } from './make-version.js';
import { startRequestProxy } from './request-proxy.js';

const script = join(import.meta.dirname, 'publish-process.js');
const target = { name: 'numbers', config: 'small', version: '1.0.0' };
const place = 'numbers/small/1.0.0';

describe('publishing to a bucket', () => {
  let gcs: Gcs;
  let workDirectory = '';
  before(async function () {
    gcs = await requireGcs(this);
  });
  beforeEach(() => {
    workDirectory = mkdtempSync(join(tmpdir(), 'ailab-staging-'));
  });
  afterEach(() => rmSync(workDirectory, { recursive: true, force: true }));

  async function publishNumbers(
    registry: Registry,
    content: string,
    options: StageOptions & { readonly made?: MadeUp } = {},
  ) {
    const staged = await stageVersion(registry, target, { workDirectory, ...options });
    try {
      await writeMetadata(staged, await makeShards(staged, content, options.made));
      return await publish(staged, { defaultConfig: 'small' });
    } finally {
      await staged.discard();
    }
  }

  it('shows the version when all of it is there, in its place, and leaves nothing else behind', async () => {
    const { storage, url } = await gcs.newBucket();
    const registry = openRegistry(url);
    const staged = await stageVersion(registry, target, { workDirectory });
    await writeMetadata(staged, await makeShards(staged, 'x'));
    assert.deepEqual(await registry.listDatasets(), []);
    assert.equal(await publish(staged, { defaultConfig: 'small' }), `${url}/${place}`);
    await assertWhole(storage);
    assert.deepEqual(await registry.listDatasets(), [
      { name: 'numbers', versions: [], configs: [{ name: 'small', versions: ['1.0.0'] }] },
    ]);
    assert.deepEqual(await storage.list('.staging'), []);
    assert.equal((await storage.list(`.leases/${place}`)).length, 1);
    assert.deepEqual(await listStagedBuilds(registry, { workDirectory }), []);
    assert.deepEqual(
      readdirSync(workDirectory).flatMap((folder) => readdirSync(join(workDirectory, folder))),
      [],
    );
    const audit = await collect(readAudit(registry));
    assert.deepEqual(
      audit.map(({ action, subject }) => [action, subject.name, subject.version]),
      [['publish', 'numbers', '1.0.0']],
    );
  });

  it('never changes a version that is there, not even when it is told to', async () => {
    const { storage, url } = await gcs.newBucket();
    const registry = openRegistry(url);
    await publishNumbers(registry, 'first');
    const before = await storage.read(`${place}/manifest.json`);
    await assert.rejects(publishNumbers(registry, 'second'), { code: 'VERSION_EXISTS' });
    await assert.rejects(publishNumbers(registry, 'second', { overwrite: true }), {
      code: 'VERSION_IMMUTABLE',
      message: /can't be overwritten in gs:/,
    });
    assert.deepEqual(await storage.read(`${place}/manifest.json`), before);
  });

  it('refuses a place where something else lies, and leaves that alone', async () => {
    const { storage, url } = await gcs.newBucket();
    await storage.write(`${place}/notes.txt`, 'mine');
    await assert.rejects(publishNumbers(openRegistry(url), 'x'), { code: 'STORAGE_FAILED', message: /in the way/ });
    assert.equal(await text(storage, `${place}/notes.txt`), 'mine');
    assert.deepEqual(await storage.list('.staging'), []);
  });

  it('lets one of eight processes publish and tells the others, who leave the winner as it is', async () => {
    const { storage, url } = await gcs.newBucket();
    const racers = Array.from({ length: 8 }, (_, number) => start(url, `by ${number}`));
    await Promise.all(racers.map(answer));
    const outcomes = racers.map(answer);
    for (const racer of racers) racer.send('go');
    const codes = (await Promise.all(outcomes)).map((message) => (message as { outcome: string }).outcome);
    assert.deepEqual([...codes].sort(), [...Array(7).fill('VERSION_EXISTS'), 'published']);
    await assertWhole(storage);
    const shard = await text(storage, `${place}/numbers-train.tfrecord-00000-of-00001`);
    assert.equal(shard, `tfrecord by ${codes.indexOf('published')}`);
    assert.deepEqual(await storage.list('.staging'), []);
  });

  it('killed at any request leaves nothing or the version, and the next build ends what was begun', async () => {
    const states = { nothing: 0, version: 0, completed: 0 };
    let change = 0;
    const lane = async (): Promise<void> => {
      for (;;) {
        const one = await killAt(++change);
        if (one === undefined) return;
        states[one] += 1;
      }
    };
    await Promise.all([lane(), lane()]);
    assert.ok(states.nothing > 5 && states.completed > 5 && states.version > 1, JSON.stringify(states));
  });

  /** @returns what a reader saw in the end; undefined when the process ended before it came to this request. */
  async function killAt(change: number): Promise<'nothing' | 'version' | 'completed' | undefined> {
    const { storage, url } = await gcs.newBucket();
    const registry = openRegistry(url);
    let changes = 0;
    let child: ChildProcess | undefined;
    const proxy = await startRequestProxy(gcs.endpoint, async (_, { method }) => {
      if (method === 'GET') return;
      if (++changes !== change) return;
      child?.kill('SIGKILL');
      await new Promise((resolve) => child?.once('exit', resolve));
    });
    child = start(url, 'new', { endpoint: proxy.url });
    await answer(child);
    const ended = new Promise<NodeJS.Signals | null>((resolve) => child?.once('exit', (_, signal) => resolve(signal)));
    child.send('go');
    const signal = await ended;
    await proxy.close();
    if (signal === null) return undefined;
    const before = await registry.listDatasets();
    if (before.length > 0) await assertWhole(storage);
    await removeAbandonedBuilds(registry, { workDirectory });
    const after = await registry.listDatasets();
    if (after.length > 0) await assertWhole(storage);
    else assert.deepEqual(await storage.list(place), [], `request ${change} left a part`);
    assert.deepEqual(await listStagedBuilds(registry, { workDirectory }), []);
    assert.deepEqual(await storage.list('.staging'), []);
    if (after.length === 0) await publishNumbers(registry, 'again', { made: { formats: ['tfrecord', 'index'] } });
    await assertWhole(storage);
    return before.length > 0 ? 'version' : after.length > 0 ? 'completed' : 'nothing';
  }

  it('sends nothing twice that an interrupted upload has sent', async () => {
    const { storage, url } = await gcs.newBucket();
    const made = { shardCount: 20, formats: ['index'] } as const;
    let sent = 0;
    const child = { process: undefined as ChildProcess | undefined };
    const first = await startRequestProxy(gcs.endpoint, async (kind, { url: { searchParams } }) => {
      if (kind !== 'insert' || searchParams.get('name')?.includes('/index/') !== true || ++sent < 12) return;
      child.process?.kill('SIGKILL');
      await new Promise((resolve) => child.process?.once('exit', resolve));
    });
    child.process = start(url, 'same', { endpoint: first.url, mode: '--resume' });
    await answer(child.process);
    const ended = new Promise((resolve) => child.process?.once('exit', resolve));
    child.process.send('go');
    await ended;
    await first.close();
    const shards = async () => (await collect(storage.walk('.staging'))).filter(({ path }) => path.includes('/index/'));
    const there = (await shards()).length;
    assert.ok(there >= 4 && there < 20, `${there} were sent`);

    let sentAgain = 0;
    const second = await startRequestProxy(gcs.endpoint, (kind, { url: { searchParams } }) => {
      if (kind === 'insert' && searchParams.get('name')?.includes('/index/') === true) sentAgain += 1;
    });
    const registry = openRegistry(new GcsStorage(url, { endpoint: second.url }));
    const staged = await stageVersion(registry, target, { workDirectory, identity: 'same' });
    assert.equal(staged.resumed, true);
    await writeMetadata(staged, await makeShards(staged, 'same', made));
    await publish(staged);
    await second.close();
    // What was on its way when the process died may have arrived since.
    assert.ok(sentAgain <= 20 - there, `${sentAgain} were sent although ${there} were there`);
    await assertWhole(storage);
  });

  it('takes three requests a file and a fixed number beside them', async () => {
    const totals: number[] = [];
    const files: number[] = [];
    for (const shardCount of [10, 110]) {
      const { url } = await gcs.newBucket();
      const proxy = await startRequestProxy(gcs.endpoint);
      const registry = openRegistry(new GcsStorage(url, { endpoint: proxy.url }));
      await publishNumbers(registry, 'x', { made: { shardCount } });
      totals.push(proxy.total);
      files.push((await readManifest(registry.storage, place))?.files.length ?? 0);
      await proxy.close();
    }
    const [few = 0, many = 0] = totals;
    const [fewFiles = 0, manyFiles = 0] = files;
    assert.equal(many - few, 3 * (manyFiles - fewFiles));
    assert.ok(few - 3 * fewFiles <= 60, `${few} requests for ${fewFiles} files`);
  });

  /** Shards where workers left them: in another bucket, and not on this machine. */
  async function left(staged: StagedVersion, metadata: VersionMetadata, change: (name: string) => string = (x) => x) {
    const elsewhere = await gcs.newBucket();
    const urls = new Map<string, string>();
    for (const { path } of metadata.splits.flatMap(({ shards }) => shards.flatMap(({ files }) => files))) {
      const inside = relative(staged.directory, path);
      const name = `attempts/1 #?%/${inside}`;
      await elsewhere.storage.write(name, change(readFileSync(path, 'utf8')));
      rmSync(path);
      urls.set(inside, `${elsewhere.url}/${name}`);
    }
    return urls;
  }

  it('has the server copy shards that lie in another bucket, and takes no byte of them itself', async () => {
    const { storage, url } = await gcs.newBucket();
    const seen: { readonly kind: string; readonly name: string }[] = [];
    const proxy = await startRequestProxy(gcs.endpoint, (kind, request) => {
      seen.push({ kind, name: parseCall(request).name });
    });
    const registry = openRegistry(new GcsStorage(url, { endpoint: proxy.url }));
    const staged = await stageVersion(registry, target, { workDirectory });
    const metadata = await makeShards(staged, 'x', { shardCount: 3 });
    const elsewhere = await left(staged, metadata);
    await writeMetadata(staged, metadata);
    await publish(staged, { defaultConfig: 'small', elsewhere });
    await proxy.close();
    await assertWhole(storage);
    assert.equal(await text(storage, `${place}/numbers-train.tfrecord-00001-of-00003`), 'tfrecord 1 x');
    const moved = seen.filter(({ kind, name }) => /insert|upload|download/.test(kind) && /-00003|index\//.test(name));
    assert.deepEqual(moved, []);
    assert.deepEqual(await storage.list('.staging'), []);
  });

  it('publishes nothing where a shard that lies in another bucket is not what the manifest says', async () => {
    const { storage, url } = await gcs.newBucket();
    const registry = openRegistry(url);
    const staged = await stageVersion(registry, target, { workDirectory });
    const metadata = await makeShards(staged, 'x');
    const elsewhere = await left(staged, metadata, (content) => content.replace('tfrecord x', 'tfrecord y'));
    await writeMetadata(staged, metadata);
    await assert.rejects(publish(staged, { elsewhere }), { code: 'MANIFEST_INVALID', message: /tfrecord-00000/ });
    await staged.discard();
    assert.deepEqual(await storage.list('numbers'), []);
    assert.deepEqual(await storage.list('.staging'), []);
  });

  function start(url: string, content: string, options: { readonly endpoint?: string; readonly mode?: string } = {}) {
    const env = { ...process.env, ...(options.endpoint !== undefined && { STORAGE_EMULATOR_HOST: options.endpoint }) };
    return fork(script, [url, content, options.mode ?? '--fresh', '', workDirectory], { env });
  }

  async function assertWhole(storage: GcsStorage): Promise<void> {
    const manifest = await readManifest(storage, place);
    assert.ok(manifest !== undefined, `${place} has no manifest`);
    const expected = new Map(manifest.files.map(({ path, bytes, crc32c }) => [`${place}/${path}`, { bytes, crc32c }]));
    for await (const { path, bytes, crc32c } of storage.walk(place)) {
      if (path === `${place}/manifest.json`) continue;
      assert.deepEqual({ bytes, crc32c }, expected.get(path), path);
      expected.delete(path);
    }
    assert.deepEqual([...expected.keys()], []);
  }
});

function answer(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`the process ended with ${code} before it answered`)));
  });
}

async function text(storage: GcsStorage, path: string): Promise<string> {
  return Buffer.from((await storage.read(path)) ?? []).toString('utf8');
}

async function collect<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
