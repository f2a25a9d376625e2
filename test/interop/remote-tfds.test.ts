import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openRegistry } from '../../src/registry/index.js';
import type { Storage } from '../../src/storage/index.js';
import { requireGcs } from '../gcs/index.js';
import { type Oracle, OracleError, requireOracle } from '../oracle/index.js';
import { buildVersion } from '../reader/build-version.js';
import { sampleExamples, sampleSchema } from '../reader/sample.js';

/** A storage that notes what it copies to where readers look, in the order in which the bucket has done it. */
function noting(storage: Storage, created: string[]): Storage {
  return new Proxy(storage, {
    get(target, property) {
      if (property === 'copyIfAbsent') {
        return async (from: string, to: string): Promise<boolean> => {
          const done = await target.copyIfAbsent(from, to);
          created.push(to);
          return done;
        };
      }
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/**
 * TensorFlow's own gs:// file system knows the address of Google's server alone, so tfds can't be pointed at the emulator: it looks at a directory in
 * which the objects of the bucket appear one by one, in the order of the publication.
 */
describe('what stock tfds sees of a registry in a bucket', () => {
  let oracle: Oracle;
  let folder = '';
  before(function () {
    oracle = requireOracle(this);
    folder = mkdtempSync(join(tmpdir(), 'ailab-tfds-'));
  });
  after(() => {
    if (folder !== '') rmSync(folder, { recursive: true, force: true });
  });

  /** The version that tfds opens and reads, or undefined where it finds none. */
  async function opened(name: string): Promise<string | undefined> {
    const directory = { name, data_dir: join(folder, 'mirror') };
    try {
      const { version } = (await oracle.call('tfds.open', directory)) as { readonly version: string };
      const examples = (await oracle.call('tfds.read', { ...directory, split: 'train' })) as readonly unknown[];
      assert.equal(examples.length, version === '1.0.0' ? 10 : 12);
      return version;
    } catch (error) {
      if (!(error instanceof OracleError)) throw error;
      return undefined;
    }
  }

  it('is the old version before a publication, the new one after it, and without a number none in between', async function () {
    const { url, storage } = await (await requireGcs(this)).newBucket();
    const created: string[] = [];
    const publish = (version: string, count: number, into: Storage) =>
      buildVersion({
        registry: openRegistry(into),
        workDirectory: join(folder, 'work'),
        name: 'sample',
        version,
        schema: sampleSchema,
        splits: { train: sampleExamples(0, count) },
        numShards: 2,
      });
    const mirror = async (path: string): Promise<void> => {
      const file = join(folder, 'mirror', path);
      mkdirSync(dirname(file), { recursive: true });
      await storage.download(path, file);
    };
    await publish('1.0.0', 10, storage);
    for await (const { path } of storage.walk('sample')) await mirror(path);
    const look = async () => [await opened('sample'), await opened('sample:1.*.*'), await opened('sample:1.0.0')];
    assert.deepEqual(await look(), ['1.0.0', '1.0.0', '1.0.0']);

    assert.equal(await publish('1.1.0', 12, noting(storage, created)), `${url}/sample/1.1.0`);
    const paths = created.map((path) => path.replace('sample/1.1.0/', ''));
    assert.deepEqual(paths.slice(-3), ['features.json', 'dataset_info.json', 'manifest.json']);
    for (const [index, path] of created.entries()) {
      await mirror(path);
      // tfds takes seconds to find nothing: each kind of reference is asked once, at the first and at the last moment of the gap.
      if (index === 0) assert.equal(await opened('sample'), undefined);
      if (path === 'sample/1.1.0/features.json') {
        assert.equal(await opened('sample:1.*.*'), undefined);
        assert.equal(await opened('sample:1.0.0'), '1.0.0');
      }
      if (path === 'sample/1.1.0/dataset_info.json') assert.deepEqual(await look(), ['1.1.0', '1.1.0', '1.0.0']);
    }
    assert.equal(await opened('sample:1.1.0'), '1.1.0');
  });
});
