import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pullVersion } from '../../src/cache/index.js';
import { openVersion, verifyVersion } from '../../src/reader/index.js';
import { openRegistry } from '../../src/registry/index.js';
import { LocalStorage } from '../../src/storage/index.js';
import { packageRoot } from '../cli/run-cli.js';
import { type RequestLog, requireGcs, startRequestLog } from '../gcs/index.js';
import { plain, requireOracle } from '../oracle/index.js';
import { buildVersion } from '../reader/build-version.js';
import { flip } from '../reader/damage.js';
import { sampleExamples, sampleSchema } from '../reader/sample.js';
import { RemoteDirectory } from './remote-directory.js';

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe('pulling a version', () => {
  let folder = '';
  let published = '';
  let directory = '';
  let remote: RemoteDirectory;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ailab-pull-'));
    published = join(folder, 'published');
    const splits = { train: sampleExamples(0, 80), test: sampleExamples(80, 100) };
    for (const version of ['1.0.0', '1.1.0']) {
      await buildVersion({ registry: published, name: 'sample', version, schema: sampleSchema, splits, numShards: 4 });
    }
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  beforeEach(() => {
    directory = mkdtempSync(join(folder, 'to-'));
    remote = new RemoteDirectory(published);
  });

  const pull = (
    reference: string,
    part: { formats?: readonly ('tfrecord' | 'arrow')[]; splits?: readonly string[] } = {},
  ) => pullVersion(reference, { registry: openRegistry(remote), directory, ...part });

  it('copies it byte for byte, and says which one it is and where', async () => {
    const report = await pull('sample:1.*.*');
    assert.equal(report.version, '1.1.0');
    assert.equal(report.directory, join(directory, 'sample/1.1.0'));
    assert.equal(report.status, 'pulled');
    assert.deepEqual(tree(report.directory), tree(join(published, 'sample/1.1.0')));
    assert.ok(!existsSync(join(directory, '.pulling/sample-1.1.0')), 'something was left behind');
  });

  it('asks for nothing where the version is there already', async () => {
    await pull('sample:1.0.0');
    remote.requests.length = 0;
    remote.isCut = true;
    assert.equal((await pull('sample:1.0.0')).status, 'exists');
    assert.deepEqual(remote.requests, []);
  });

  it('copies from a local registry as well', async () => {
    const report = await pullVersion('sample:1.0.0', { registry: published, directory });
    assert.deepEqual(tree(report.directory), tree(join(published, 'sample/1.0.0')));
  });

  it('copies what tfds prepared', async () => {
    const prepared = mkdtempSync(join(folder, 'prepared-'));
    cpSync(published, prepared, { recursive: true });
    for (const name of ['manifest.json', 'index', 'arrow'])
      rmSync(join(prepared, 'sample/1.0.0', name), { recursive: true });
    remote = new RemoteDirectory(prepared);
    const report = await pull('sample:1.0.0');
    assert.deepEqual(tree(report.directory), tree(join(prepared, 'sample/1.0.0')));
    assert.equal((await pull('sample:1.0.0')).status, 'exists');
  });

  it('fetches only a format or a split, and what is there is a version that stock readers open', async function () {
    const oracle = requireOracle(this);
    const arrow = await pull('sample:1.0.0', { formats: ['arrow'], splits: ['test'] });
    assert.ok(
      remote.downloads.every((path) => /arrow\/(?:test|dataset_dict)|index\/test|LICENSE/.test(path)),
      remote.downloads.join('\n'),
    );
    assert.deepEqual((await verifyVersion(arrow.directory)).problems, []);
    const expected = await (await openVersion(join(published, 'sample/1.0.0'))).dataset('test').toArray();
    assert.deepEqual(await (await openVersion(arrow.directory)).dataset().toArray(), expected);
    const loaded = plain(
      await oracle.call('hf.load_from_disk', { directory: join(arrow.directory, 'arrow') }),
    ) as Readonly<Record<string, { readonly rows: readonly unknown[] }>>;
    assert.deepEqual(
      Object.entries(loaded).map(([name, { rows }]) => [name, rows.length]),
      [['test', 20]],
    );

    directory = mkdtempSync(join(folder, 'to-'));
    const records = await pull('sample:1.0.0', { formats: ['tfrecord'], splits: ['train'] });
    assert.deepEqual((await verifyVersion(records.directory)).problems, []);
    const { splits } = plain(await oracle.call('tfds.open', { directory: records.directory })) as {
      readonly splits: Readonly<Record<string, { readonly num_examples: number }>>;
    };
    assert.deepEqual(
      Object.entries(splits).map(([name, split]) => [name, split.num_examples]),
      [['train', 80]],
    );
  });

  it('does not take a part for the whole, nor for another part', async () => {
    await pull('sample:1.0.0', { formats: ['arrow'] });
    assert.equal((await pull('sample:1.0.0', { formats: ['arrow'] })).status, 'exists');
    assert.equal((await pull('sample:1.0.0', { formats: ['arrow'], splits: ['test'] })).status, 'exists');
    await assert.rejects(pull('sample:1.0.0'), {
      code: 'VERSION_EXISTS',
      message: /another part of sample:1\.0\.0: .* as arrow/,
    });
    await assert.rejects(pull('sample:1.0.0', { formats: ['tfrecord'] }), { code: 'VERSION_EXISTS' });
    await assert.rejects(pull('sample:1.1.0', { splits: ['tset'] }), { code: 'SPLIT_UNKNOWN', hint: /test/ });
  });

  it('leaves nothing that counts as a version when a file is not what was published', async () => {
    const damaged = mkdtempSync(join(folder, 'damaged-'));
    cpSync(published, damaged, { recursive: true });
    flip(join(damaged, 'sample/1.0.0/arrow/train/data-00001-of-00004.arrow'), 300);
    remote = new RemoteDirectory(damaged);
    await assert.rejects(pull('sample:1.0.0'), { code: 'DATA_CORRUPT', message: /data-00001-of-00004\.arrow/ });
    assert.ok(!existsSync(join(directory, 'sample')));
    remote = new RemoteDirectory(published);
    const report = await pull('sample:1.0.0');
    assert.ok(report.kept.files > 0 && report.fetched.files > 0, JSON.stringify(report));
    assert.deepEqual(tree(report.directory), tree(join(published, 'sample/1.0.0')));
  });

  describe('from a bucket, by several processes of a host', () => {
    let log: RequestLog;
    let url = '';
    before(async function () {
      const gcs = await requireGcs(this);
      const bucket = await gcs.newBucket();
      url = bucket.url;
      for await (const { path } of new LocalStorage(published).walk('')) {
        if (!path.startsWith('.')) await bucket.storage.upload(join(published, path), path);
      }
      log = await startRequestLog(gcs.endpoint);
    });
    after(() => log?.close());
    beforeEach(() => {
      log.calls.length = 0;
      log.before = async () => undefined;
    });

    const children: ChildProcess[] = [];
    afterEach(() => {
      for (const child of children.splice(0)) child.kill('SIGKILL');
    });

    const start = (
      reference: string,
    ): { readonly child: ChildProcess; readonly notes: () => string; readonly done: Promise<Outcome> } => {
      const argv = [
        join(packageRoot, 'dist/cli/main.js'),
        'pull',
        reference,
        '--to',
        directory,
        '--registry',
        url,
        '--json',
      ];
      const child = spawn(process.execPath, argv, {
        env: { ...process.env, STORAGE_EMULATOR_HOST: log.url },
        cwd: folder,
      });
      children.push(child);
      let stdout = '';
      let stderr = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        stdout += text;
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
      });
      const done = new Promise<Outcome>((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
      return { child, notes: () => stderr, done };
    };
    const downloads = () =>
      log.calls
        .filter(({ kind }) => kind === 'download')
        .map(({ name }) => name.replace('registry/sample/1.0.0/', ''))
        .sort();
    const files = () =>
      tree(join(published, 'sample/1.0.0'))
        .map(([path]) => path)
        .sort();
    const staged = () => {
      const place = join(directory, '.pulling/sample-1.0.0/version');
      return existsSync(place) ? tree(place).map(([path]) => path) : [];
    };

    it('fetches each object once, however many ask', async () => {
      const outcomes = await Promise.all(Array.from({ length: 8 }, () => start('sample:1.0.0').done));
      const statuses = outcomes.map(({ code, stdout, stderr }) => {
        assert.equal(code, 0, stdout + stderr);
        const report = JSON.parse(stdout) as { readonly path: string; readonly status: string };
        assert.equal(report.path, join(directory, 'sample/1.0.0'));
        return report.status;
      });
      assert.equal(statuses.filter((status) => status === 'pulled').length, 1);
      assert.deepEqual(downloads(), files());
      assert.deepEqual(tree(join(directory, 'sample/1.0.0')), tree(join(published, 'sample/1.0.0')));
    });

    it('is taken over when the one that fetches is killed: finished files are not fetched again', async () => {
      let fetched = 0;
      const never = new Promise<void>(() => undefined);
      // After six files the network stands still.
      log.before = async ({ kind }) => (kind === 'download' && ++fetched > 7 ? never : undefined);
      const first = start('sample:1.0.0');
      while (staged().length < 6) await sleep(20);
      const second = start('sample:1.0.0');
      while (!second.notes().includes('another process of this host is pulling')) await sleep(20);
      const kept = staged();
      assert.ok(!existsSync(join(directory, 'sample')), 'a part of the version can be seen');
      first.child.kill('SIGKILL');
      assert.equal((await first.done).code, null);
      log.calls.length = 0;
      log.before = async () => undefined;
      const outcome = await second.done;
      assert.equal(outcome.code, 0, outcome.stdout + outcome.stderr);
      assert.deepEqual(
        downloads(),
        files().filter((path) => !kept.includes(path)),
      );
      assert.deepEqual(tree(join(directory, 'sample/1.0.0')), tree(join(published, 'sample/1.0.0')));
    });
  });
});

/** Every file below a directory with its content in hex, sorted by path. */
function tree(directory: string): (readonly [path: string, content: string])[] {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [path.slice(directory.length + 1), readFileSync(path).toString('hex')] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
