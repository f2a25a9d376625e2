import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { load } from '../../src/build/index.js';
import { clearCache, inspectCache, locateVersion } from '../../src/cache/index.js';
import { loadConfig } from '../../src/core/config/index.js';
import { parseReference } from '../../src/core/names/index.js';
import { openVersion } from '../../src/reader/index.js';
import { openRegistry } from '../../src/registry/index.js';
import { LocalStorage } from '../../src/storage/index.js';
import { packageRoot } from '../cli/run-cli.js';
import { type RequestLog, requireGcs, startRequestLog } from '../gcs/index.js';
import { buildVersion } from '../reader/build-version.js';
import { sampleExamples, sampleSchema } from '../reader/sample.js';
import { RemoteDirectory } from './remote-directory.js';

const pinProcess = fileURLToPath(new URL('./pin-process.js', import.meta.url));

describe('a cache that many processes share', () => {
  let folder = '';
  let published = '';
  let cacheDirectory = '';
  const children: ChildProcess[] = [];
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ailab-shared-'));
    published = join(folder, 'published');
    const splits = { train: sampleExamples(0, 80), test: sampleExamples(80, 100) };
    await buildVersion({ registry: published, name: 'sample', schema: sampleSchema, splits, numShards: 4 });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  beforeEach(() => {
    cacheDirectory = mkdtempSync(join(folder, 'cache-'));
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  describe('keeps what any of them reads', () => {
    const path = 'arrow/train/data-00000-of-00004.arrow';
    const hold = async (): Promise<ChildProcess> => {
      const child = spawn(process.execPath, [pinProcess, published, cacheDirectory, path], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      children.push(child);
      await new Promise((resolve) => child.stdout?.once('data', resolve));
      return child;
    };
    const readOthers = async (): Promise<string> => {
      const cacheBytes = statSync(join(published, 'sample/1.0.0', path)).size * 1.2;
      const { files, directory } = await locateVersion(
        openRegistry(new RemoteDirectory(published)),
        parseReference('sample:1.0.0'),
        {
          cacheDirectory,
          cacheBytes,
        },
      );
      await (await openVersion(files)).dataset('train[1shard:]').toArray();
      return join(directory, path);
    };

    it('for as long as it lives', async () => {
      const child = await hold();
      assert.ok(existsSync(await readOthers()), 'a file that another process reads was dropped');
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('close', resolve));
      assert.ok(!existsSync(await readOthers()), 'the pin of a dead process counts');
    });

    it('when the cache is cleared', async () => {
      await hold();
      const settings = { cacheDirectory, cacheBytes: 1 << 30 };
      const cleared = await clearCache(settings);
      // The shard, and the manifest that says what it is.
      assert.deepEqual([cleared.removed.files, cleared.kept.files], [0, 2]);
      const { versions } = await inspectCache(settings);
      assert.deepEqual(
        versions.map(({ reference, registry, files }) => [reference, registry, files]),
        [['sample:1.0.0', 'gs://bucket/registry', 2]],
      );
    });
  });

  describe('in front of a bucket', () => {
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

    const start = (...argv: readonly string[]) => {
      const env = {
        ...process.env,
        STORAGE_EMULATOR_HOST: log.url,
        AILAB_DATASETS_CACHE_DIR: cacheDirectory,
        AILAB_DATASETS_REGISTRY: url,
        HOME: folder,
      };
      const child = spawn(process.execPath, [join(packageRoot, 'dist/cli/main.js'), ...argv, '--quiet'], {
        env,
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
      const done = new Promise<string>((resolve, reject) =>
        child.on('close', (code) =>
          code === 0 ? resolve(stdout) : reject(new Error(`${argv.join(' ')} ended with ${code}: ${stdout}${stderr}`)),
        ),
      );
      return { child, done };
    };
    const downloads = () =>
      log.calls
        .filter(({ kind }) => kind === 'download')
        .map(({ name }) => name.replace('registry/sample/1.0.0/', ''))
        .sort();

    it('fetches each file once, and shows none before it is whole', async () => {
      const outputs = await Promise.all(Array.from({ length: 4 }, () => start('path', 'sample:1.0.0').done));
      const [directory = ''] = new Set(outputs.map((output) => output.trim()));
      const shards = downloads().filter((path) => path !== 'manifest.json');
      assert.deepEqual(
        shards,
        tree(join(published, 'sample/1.0.0'))
          .map(([path]) => path)
          .filter((path) => path !== 'manifest.json'),
      );
      assert.deepEqual(tree(directory), tree(join(published, 'sample/1.0.0')));
    });

    it('goes on after a kill in the middle of a download: no part of a file counts', async () => {
      const never = new Promise<void>(() => undefined);
      const path = 'arrow/test/data-00002-of-00004.arrow';
      log.before = async ({ kind, name }) => (kind === 'download' && name.endsWith(path) ? never : undefined);
      const first = start('path', 'sample:1.0.0');
      const ended = first.done.catch(() => undefined);
      while (!downloads().includes(path)) await sleep(20);
      const second = start('path', 'sample:1.0.0');
      await sleep(500);
      first.child.kill('SIGKILL');
      await ended;
      log.before = async () => undefined;
      const directory = (await second.done).trim();
      assert.deepEqual(tree(directory), tree(join(published, 'sample/1.0.0')));
      // Whoever enters the cache next removes what the dead one left; the second may have entered while the first lived.
      await locateVersion(openRegistry(new RemoteDirectory(published)), parseReference('sample:1.0.0'), {
        cacheDirectory,
        cacheBytes: 1 << 30,
      });
      const left = readdirSync(join(cacheDirectory, 'processes'));
      assert.deepEqual(
        left.filter((name) => name.startsWith(`${first.child.pid}-`)),
        [],
      );
    });

    it('shows an example by fetching one shard, and describes without fetching any', async () => {
      assert.match(await start('show', 'sample:1.0.0', '-n', '1').done, /^sample:1\.0\.0 {2}train, 80 examples$/m);
      assert.deepEqual(downloads(), ['arrow/train/data-00000-of-00004.arrow', 'manifest.json']);
      log.calls.length = 0;
      assert.match(await start('info', 'sample').done, /^sample:1\.0\.0 {2}published$/m);
      assert.equal((await start('path', 'sample', '--url').done).trim(), `${url}/sample/1.0.0`);
      assert.match(await start('cache').done, new RegExp(`^sample:1\\.0\\.0 +2 .* ${url}$`, 'm'));
      assert.deepEqual(downloads(), []);
      assert.match(
        await start('convert', 'sample:1.0.0', '--file-format', 'jsonl', '--to', join(cacheDirectory, 'out')).done,
        /100 examples/,
      );
    });

    it('gives `load` the shards that it reads, and asks for nothing when it has them', async () => {
      const before = process.env['STORAGE_EMULATOR_HOST'];
      process.env['STORAGE_EMULATOR_HOST'] = log.url;
      try {
        const config = { ...(await loadConfig({ cwd: folder, env: {} })), cacheDirectory };
        const read = async () =>
          (await load('sample:1.0.0', { registry: url, config, split: 'test[2shard:]', verify: 'full' })).toArray();
        const examples = await read();
        assert.deepEqual(
          downloads(),
          [2, 3].map((number) => `arrow/test/data-0000${number}-of-00004.arrow`).concat('manifest.json'),
        );
        log.calls.length = 0;
        assert.deepEqual(await read(), examples);
        assert.deepEqual(log.calls, []);
      } finally {
        if (before === undefined) delete process.env['STORAGE_EMULATOR_HOST'];
        else process.env['STORAGE_EMULATOR_HOST'] = before;
      }
    });

    it('lists a registry in a number of requests that its versions set, not their files', async () => {
      assert.match(await start('list').done, /^sample +1\.0\.0/m);
      assert.ok(log.calls.length <= 6, log.calls.map(({ kind, name }) => `${kind} ${name}`).join('\n'));
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
