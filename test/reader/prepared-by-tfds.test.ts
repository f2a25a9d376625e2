import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseReference } from '../../src/core/names/index.js';
import { openVersion, verifyVersion } from '../../src/reader/index.js';
import { openRegistry } from '../../src/registry/index.js';
import { type Oracle, plain, requireOracle } from '../oracle/index.js';
import { comparable, sampleExpression, tfdsInput } from './sample.js';

describe('a directory that stock tfds prepared', () => {
  let registry = '';
  let directory = '';
  let oracle: Oracle;
  before(async function () {
    oracle = requireOracle(this);
    registry = mkdtempSync(join(tmpdir(), 'ailab-tfds-'));
    const numbers = { train: [0, 40], test: [40, 47] } as const;
    const examples = Object.fromEntries(
      Object.entries(numbers).map(([split, [from, to]]) => [
        split,
        Array.from({ length: to - from }, (_, i) => [`k${from + i}`, tfdsInput(from + i)]),
      ]),
    );
    const call = { directory: registry, name: 'prepared', examples, expression: sampleExpression, num_shards: 3 };
    directory = (await oracle.call('tfds.build', { ...call, supervised_keys: ['name', 'label'] })) as string;
  });
  after(() => rmSync(registry, { recursive: true, force: true }));

  it('is a version of the registry like any other', async () => {
    const found = await openRegistry(registry).resolve(parseReference('prepared:1.*.*'));
    assert.equal(found.location, directory);
    const { info, format } = await openVersion(found.location);
    assert.deepEqual([info.name, info.version, info.config, format], ['prepared', '1.0.0', undefined, 'tfrecord']);
    assert.deepEqual(info.supervisedKeys, ['name', 'label']);
    assert.deepEqual(
      info.splits.map((split) => [split.name, split.examples, split.shards.length]),
      [
        ['train', 40, 3],
        ['test', 7, 3],
      ],
    );
  });

  it('gives every value that tfds gives, in the same order', async () => {
    const version = await openVersion(directory);
    for (const split of ['train', 'test', 'train[5:17]+test[:50%]', 'train[1shard]']) {
      const theirs = ((await oracle.call('tfds.read', { directory, split })) as readonly unknown[]).map(plain);
      const ours = await version.dataset(split).toArray();
      assert.deepEqual(ours.map(comparable), theirs.map(comparable));
    }
  });

  it('is read at any index although it has no key index', async () => {
    const dataset = (await openVersion<{ id: bigint }>(directory)).dataset('train');
    const all = await dataset.toArray();
    for (const i of [39, 0, 14, 13, 26, 27]) assert.equal((await dataset.at(i)).id, all[i]?.id);
    const part = dataset.slice(20, 30);
    assert.deepEqual(
      (await part.toArray()).map((example) => example.id),
      all.slice(20, 30).map((example) => example.id),
    );
  });

  it('is verified as far as it can be: framing, counts, features', async () => {
    const report = await verifyVersion(directory);
    assert.deepEqual([report.hasManifest, report.examples, report.problems], [false, 47, []]);
    const copy = join(registry, 'copy');
    cpSync(directory, copy, { recursive: true });
    const file = join(copy, 'prepared-test.tfrecord-00001-of-00003');
    const bytes = readFileSync(file);
    bytes[20] = (bytes[20] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    const [problem, ...others] = (await verifyVersion(copy)).problems;
    assert.deepEqual([problem?.file, problem?.offset, others.length], ['prepared-test.tfrecord-00001-of-00003', 0, 0]);
  });

  it('in another format than TFRecord is refused with what to do', async () => {
    const copy = join(registry, 'riegeli');
    cpSync(directory, copy, { recursive: true });
    const info = join(copy, 'dataset_info.json');
    writeFileSync(info, readFileSync(info, 'utf8').replace('"fileFormat": "tfrecord"', '"fileFormat": "array_record"'));
    await assert.rejects(openVersion(copy), { code: 'UNSUPPORTED', message: /array_record/, hint: /tfrecord/ });
  });

  it('that is damaged names the file that is', async () => {
    const copy = join(registry, 'damaged');
    cpSync(directory, copy, { recursive: true });
    const info = join(copy, 'dataset_info.json');
    const text = readFileSync(info, 'utf8');
    for (const [damaged, message] of [
      ['{"name": "x"', /dataset_info\.json .*no JSON/],
      ['{"name": "x"}', /version is missing/],
      [text.replace(/"filepathTemplate": "[^"]*"/, '"filepathTemplate": "../{SPLIT}"'), /\.\.\/\{SPLIT\}/],
      [text.replace(/"shardLengths": \[\s*"\d+"/, '"shardLengths": ["-3"'), /"-3" is no count/],
    ] as const) {
      writeFileSync(info, damaged);
      await assert.rejects(openVersion(copy), { code: 'MANIFEST_INVALID', message });
    }
    writeFileSync(info, text);
    writeFileSync(join(copy, 'features.json'), '{');
    await assert.rejects(openVersion(copy), { code: 'MANIFEST_INVALID', message: /features\.json/ });
    rmSync(join(copy, 'features.json'));
    await assert.rejects(openVersion(copy), { code: 'MANIFEST_INVALID', message: /features\.json is missing/ });
  });
});
