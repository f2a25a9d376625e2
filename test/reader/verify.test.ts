import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { Crc32c } from '../../src/core/checksum/index.js';
import { DatasetsError } from '../../src/core/errors/index.js';
import { features, scalar, tensor, text } from '../../src/features/index.js';
import { verifyVersion } from '../../src/reader/index.js';
import { recordFormats } from '../../src/registry/index.js';
import { buildVersion } from './build-version.js';
import { cutOff, type Editable, editJson, editManifest, flip } from './damage.js';
import { sampleExamples, sampleSchema } from './sample.js';

describe('verifying a version', () => {
  let registry = '';
  let pristine = '';
  let directory = '';
  before(async () => {
    registry = mkdtempSync(join(tmpdir(), 'ailab-verify-'));
    const splits = { train: sampleExamples(0, 60), test: sampleExamples(60, 70) };
    pristine = await buildVersion({
      registry,
      name: 'sample',
      schema: sampleSchema,
      splits,
      formats: recordFormats,
      numShards: 3,
    });
  });
  after(() => rmSync(registry, { recursive: true, force: true }));
  beforeEach(() => {
    directory = mkdtempSync(join(registry, 'copy-'));
    cpSync(pristine, directory, { recursive: true });
  });

  const expected = { name: 'sample', config: undefined, version: '1.0.0' };
  const problems = async () => (await verifyVersion(directory, { expected })).problems;

  /** Somebody who changes files and makes the manifest fit: what is left to compare is the content itself. */
  const coverUp = () => {
    editManifest(directory, (manifest) => {
      for (const file of manifest.files) {
        const bytes = readFileSync(join(directory, file.path));
        file.bytes = bytes.length;
        file.sha256 = createHash('sha256').update(bytes).digest('hex');
        file.crc32c = new Crc32c().update(bytes).digestBase64();
      }
    });
  };

  it('finds nothing wrong with what was published, and reads all of it', async () => {
    let last = 0;
    const report = await verifyVersion(directory, {
      onProgress: (bytes) => {
        assert.ok(bytes >= last);
        last = bytes;
      },
    });
    assert.deepEqual(report, {
      location: directory,
      name: 'sample',
      config: undefined,
      version: '1.0.0',
      examples: 70,
      hasManifest: true,
      problems: [],
    });
    assert.ok(last > statSync(join(directory, 'sample-train.tfrecord-00000-of-00003')).size);
  });

  it('finds nothing wrong with float64, which TFRecord rounds, and with one format alone', async () => {
    const schema = features({ exact: scalar('float64'), pair: tensor({ dtype: 'float64', shape: [2] }), name: text() });
    const examples = Array.from(
      { length: 9 },
      (_, i) => [i, { exact: i / 3, pair: [i / 7, Number.NaN], name: 'x' }] as const,
    );
    for (const formats of [['tfrecord', 'arrow', 'parquet'], ['tfrecord'], ['arrow'], ['parquet']] as const) {
      const name = `exact_${formats.join('_')}`;
      const exact = await buildVersion({ registry, name, schema, splits: { train: examples }, formats });
      assert.deepEqual((await verifyVersion(exact)).problems, []);
    }
  });

  it('finds any byte that changed in any file, and names the file', async () => {
    const manifest = readFileSync(join(directory, 'manifest.json'));
    const published = JSON.parse(manifest.toString('utf8')).files as Editable['files'];
    const files = [...published.filter((file) => file.bytes > 0), { path: 'manifest.json', bytes: manifest.length }];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...files), fc.nat(), fc.nat(7), async ({ path, bytes }, where, bit) => {
        const file = join(directory, path);
        flip(file, where % bytes, 1 << bit);
        const found = await problems();
        assert.ok(
          found.some((problem) => problem.file === path),
          `${path} byte ${where % bytes}: ${JSON.stringify(found)}`,
        );
        flip(file, where % bytes, 1 << bit);
      }),
      { numRuns: 40 },
    );
    assert.deepEqual(await problems(), []);
  });

  it('finds files that are missing, cut short or too many', async () => {
    rmSync(join(directory, 'label.labels.txt'));
    cutOff(join(directory, 'arrow/train/data-00002-of-00003.arrow'), 3);
    writeFileSync(join(directory, 'notes.txt'), 'mine');
    const found = await problems();
    const size = statSync(join(directory, 'arrow/train/data-00002-of-00003.arrow')).size;
    assert.ok(found.some(({ file, message }) => file === 'label.labels.txt' && /missing/.test(message)));
    assert.ok(found.some(({ file, message }) => file === 'notes.txt' && /not in the manifest/.test(message)));
    assert.ok(found.some(({ file, offset }) => file === 'arrow/train/data-00002-of-00003.arrow' && offset === size));
  });

  it('names the byte of the damaged record', async () => {
    const path = 'sample-test.tfrecord-00001-of-00003';
    const bytes = readFileSync(join(directory, path));
    const second = Number(bytes.readBigUInt64LE(0)) + 16;
    flip(join(directory, path), second + 30);
    const found = await problems();
    assert.ok(
      found.some(({ file, offset }) => file === path && offset === second),
      JSON.stringify(found),
    );
  });

  it('finds content that was replaced together with its checksums', async () => {
    const other = await buildVersion({
      registry,
      name: 'sample',
      version: '2.0.0',
      schema: sampleSchema,
      formats: recordFormats,
      // The same keys with other values: every file but the indices' digests fits.
      splits: {
        train: sampleExamples(0, 60),
        test: sampleExamples(160, 170).map(([, value], i) => [`k${60 + i}`, value]),
      },
      numShards: 3,
    });
    for (const path of [
      'sample-test.tfrecord-00000-of-00003',
      'arrow/test/data-00001-of-00003.arrow',
      shardPath('parquet', 2),
    ]) {
      cpSync(join(other, path), join(directory, path));
    }
    coverUp();
    const files = (await problems()).map((problem) => problem.file);
    assert.ok(files.includes('sample-test.tfrecord-00000-of-00003'), String(files));
    assert.ok(files.includes('arrow/test/data-00001-of-00003.arrow'), String(files));
    assert.ok(files.includes(shardPath('parquet', 2)), String(files));
    for (const shard of [0, 1, 2]) {
      const paths = [...recordFormats, 'index'].map((format) => shardPath(format, shard));
      for (const path of paths) cpSync(join(other, path), join(directory, path));
    }
    coverUp();
    const left = await problems();
    assert.ok(
      left.some(({ file, message }) => file === 'manifest.json' && /content of test/.test(message)),
      JSON.stringify(left),
    );
  });

  it('finds shards that changed places', async () => {
    for (const format of [...recordFormats, 'index']) {
      const [first, second] = [shardPath(format, 0), shardPath(format, 1)].map((path) => join(directory, path));
      const bytes = readFileSync(first as string);
      cpSync(second as string, first as string);
      writeFileSync(second as string, bytes);
    }
    coverUp();
    assert.ok((await problems()).some(({ message }) => /is the index of shard 1 of 3/.test(message)));
  });

  it('finds keys out of order', async () => {
    const path = join(directory, 'index/train-00000-of-00003.index');
    const bytes = readFileSync(path);
    const [first, second] = [40, 56].map((at) => Buffer.from(bytes.subarray(at, at + 16))) as [Buffer, Buffer];
    second.copy(bytes, 40);
    first.copy(bytes, 56);
    writeFileSync(path, bytes);
    coverUp();
    assert.ok((await problems()).some(({ message }) => /record 1 is out of order/.test(message)));
    second.copy(bytes, 56);
    writeFileSync(path, bytes);
    coverUp();
    assert.ok((await problems()).some(({ message }) => /record 1 has the same key/.test(message)));
  });

  it('finds a version that lies in the place of another', async () => {
    const found = (await verifyVersion(directory, { expected: { ...expected, version: '1.0.1' } })).problems;
    assert.deepEqual(
      found.map(({ file, message }) => [file, message]),
      [['manifest.json', 'manifest.json is of sample:1.0.0, another version']],
    );
  });

  it('finds metadata that tells other readers something else', async () => {
    editJson(join(directory, 'dataset_info.json'), (info) => {
      (info['splits'] as unknown as { shardLengths: string[] }[])[0]?.shardLengths.reverse().push('1');
    });
    editJson(join(directory, 'features.json'), (json) => {
      Object.assign(json, { featuresDict: { features: {} } });
    });
    coverUp();
    const files = (await problems()).map((problem) => problem.file);
    assert.deepEqual(files, ['dataset_info.json', 'features.json']);
  });

  it('stops when it is told to', async () => {
    const controller = new AbortController();
    const verifying = verifyVersion(directory, {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await assert.rejects(verifying, (error: unknown) => error instanceof DatasetsError && error.code === 'INTERRUPTED');
  });
});

function shardPath(format: string, shard: number): string {
  if (format === 'parquet') return `parquet/test-0000${shard}-of-00003.parquet`;
  if (format === 'tfrecord') return `sample-test.tfrecord-0000${shard}-of-00003`;
  return format === 'arrow' ? `arrow/test/data-0000${shard}-of-00003.arrow` : `index/test-0000${shard}-of-00003.index`;
}
