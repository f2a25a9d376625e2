import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { DatasetsError } from '../../src/core/errors/index.js';
import { features, optional, record, scalar, sequence, tensor, text } from '../../src/features/index.js';
import { crc32c, findKeyHash, readIndex } from '../../src/formats/index.js';
import { encodeShard, keyHash, planShards, SplitWriter } from '../../src/writers/index.js';
import { requireOracle } from '../oracle/index.js';
import { buildSplit, filesOf } from './build-split.js';
import { temporaryFolder } from './rows.js';

const small = features({ n: scalar('int64'), s: text() });
const smallExamples = (count: number): [number, { n: number; s: string }][] =>
  Array.from({ length: count }, (_, i) => [i, { n: i, s: `row ${i}` }]);

const wide = features({
  id: scalar('int64'),
  user: record({ name: text(), age: optional(scalar('int32')) }),
  scores: sequence(scalar('float32')),
  grid: tensor({ dtype: 'uint8', shape: [2, 2] }),
  words: sequence(sequence(text())),
});
const wideExample = fc.record({
  id: fc.integer(),
  user: fc.record({
    name: fc.string({ unit: 'grapheme', maxLength: 30 }),
    age: fc.option(fc.integer({ min: 0, max: 120 })),
  }),
  scores: fc.array(fc.float({ noNaN: true }), { maxLength: 5 }),
  grid: fc.constant([
    [1, 2],
    [3, 4],
  ]),
  words: fc.array(fc.array(fc.string({ maxLength: 5 }), { maxLength: 3 }), { maxLength: 3 }),
});

describe('written shards', () => {
  const folder = temporaryFolder();
  let folders = 0;
  const emptyFolder = (): string => {
    const path = join(folder.path, `${folders++}`);
    mkdirSync(path);
    return path;
  };

  for (const [examples, numShards] of [
    [1, 1],
    [10, 4],
    [1000, 7],
    [100_000, 4],
  ] as const) {
    it(`hold the records that tfds' own writer gives, in the same shards and order (${examples} in ${numShards})`, async function () {
      const oracle = requireOracle(this);
      const theirs = emptyFolder();
      const written = (await oracle.call('writer.write', {
        ...{ directory: theirs, name: 'small', split: 'train', examples, num_shards: numShards },
      })) as { shard_lengths: number[]; num_bytes: number; files: string[] };
      const options = {
        folder: emptyFolder(),
        split: 'train',
        schema: small,
        runs: 3,
        numShards,
        bufferBytes: 1 << 20,
      };
      const { shards } = await buildSplit(options, smallExamples(examples));
      assert.deepEqual(
        shards.map((shard) => shard.examples),
        written.shard_lengths,
      );
      assert.equal(
        shards.reduce((sum, shard) => sum + shard.exampleBytes, 0),
        written.num_bytes,
      );
      assert.deepEqual(
        await oracle.call('writer.shard_digests', { files: filesOf(shards, 'tfrecord') }),
        await oracle.call('writer.shard_digests', { files: written.files.map((file) => join(theirs, file)) }),
      );
    });
  }

  it('have the same bytes however many runs, shards of work and bytes of buffer there were', async () => {
    const digestsOf = async (examples: [string, unknown][], runs: number, bufferBytes: number, numShards: number) => {
      const { shards, contentDigest } = await buildSplit(
        {
          folder: emptyFolder(),
          split: 'train',
          schema: wide,
          runs,
          bufferBytes,
          numShards,
          formats: ['tfrecord', 'arrow'],
        },
        examples,
      );
      const files = shards.flatMap((shard) => shard.files.map(({ path: _, ...file }) => file));
      return { files, contentDigest };
    };
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.string({ maxLength: 70 }), {
          minLength: 1,
          maxLength: 60,
          selector: (key) => key.replaceAll('\\', '/'),
        }),
        fc.array(wideExample, { minLength: 60, maxLength: 60 }),
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom(100, 1000, 5000, 1 << 20),
        fc.integer({ min: 1, max: 9 }),
        async (keys, all, runs, bufferBytes, numShards) => {
          const examples = keys.map((key, i): [string, unknown] => [key, all[i]]);
          const one = await digestsOf(examples, 1, 16 << 20, numShards);
          assert.deepEqual(await digestsOf(examples, runs, bufferBytes, numShards), one);
          const whole = await digestsOf(examples.toReversed(), 1, 16 << 20, 1);
          assert.equal(whole.contentDigest, one.contentDigest);
        },
      ),
      { numRuns: 25 },
    );
  });

  for (const examples of [1, 8191, 8192, 20_000]) {
    it(`of Arrow are read by Hugging Face datasets, equal to the TFRecord beside them (${examples} examples)`, async function () {
      const oracle = requireOracle(this);
      const options = {
        folder: emptyFolder(),
        split: 'train',
        schema: small,
        runs: 2,
        numShards: Math.min(2, examples),
      };
      const { shards } = await buildSplit({ ...options, formats: ['tfrecord', 'arrow'] }, smallExamples(examples));
      const order = (await oracle.call('hashing.order', {
        split: 'train',
        keys: [...Array(examples).keys()],
      })) as number[];
      let at = 0;
      for (const file of filesOf(shards, 'arrow')) {
        const read = (await oracle.call('hf.from_file', { file, limit: 3000 })) as {
          num_rows: number;
          rows: unknown[];
          features: string;
        };
        assert.ok(
          read.features.includes("'n': Value('int64')") && read.features.includes("'s': Value('string')"),
          read.features,
        );
        const expected = order.slice(at, at + Math.min(3000, read.num_rows)).map((n) => ({ n, s: `row ${n}` }));
        assert.deepEqual(read.rows, expected);
        at += read.num_rows;
      }
      assert.equal(at, examples);
    });
  }

  it('are described by the digests of their files and found through their index', async () => {
    const options = { folder: emptyFolder(), split: 'test', schema: small, numShards: 3 };
    const { shards } = await buildSplit(options, smallExamples(10_000));
    for (const { files, shard, examples } of shards) {
      for (const { path, bytes, crc32c: crc, sha256 } of files) {
        const content = readFileSync(path);
        const crcBytes = Buffer.alloc(4);
        crcBytes.writeUInt32BE(crc32c(content) >>> 0);
        assert.deepEqual(
          { bytes, crc, sha256 },
          {
            bytes: content.length,
            crc: crcBytes.toString('base64'),
            sha256: createHash('sha256').update(content).digest('hex'),
          },
        );
      }
      const [tfrecord = '', index = ''] = [
        filesOf([shards[shard] as never], 'tfrecord')[0],
        filesOf([shards[shard] as never], 'index')[0],
      ];
      const read = readIndex(readFileSync(index), index);
      assert.deepEqual(read.header, { recordsPerBlock: 4096, records: examples, shard, shardCount: 3 });
      const data = readFileSync(tfrecord);
      let found = 0;
      for (let key = 0; key < 10_000; key += 11) {
        const at = findKeyHash(read, keyHash('test', key));
        if (at === -1) continue;
        const block = read.blocks[Math.floor(at / 4096)];
        const { offset, bytes } = block?.place(at % 4096) ?? { offset: 0, bytes: 0 };
        assert.equal(data.readUInt32LE(offset), bytes);
        assert.ok(data.subarray(offset + 12, offset + 12 + bytes).includes(`row ${key}`));
        found++;
      }
      assert.ok(found > 200);
    }
  });

  it('are refused when two examples have one key, and both are shown with their places', async () => {
    const folderOfBuild = emptyFolder();
    const examples: [number | string, unknown][] = smallExamples(100);
    examples.push(['17', { n: 1000, s: 'again' }]);
    const error = await caught(buildSplit({ folder: folderOfBuild, split: 'train', schema: small, runs: 2 }, examples));
    assert.equal(error.code, 'KEY_DUPLICATE');
    for (const part of [
      "split 'train' have the key '17'",
      'example 8 of source 1: { n: 17, s: "row 17" }',
      'example 50 of source 0: { n: 1000, s: "again" }',
    ]) {
      assert.ok(error.message.includes(part), `${part} in: ${error.message}`);
    }
    assert.deepEqual([error.at.split, error.at.key], ['train', "'17'"]);
    assert.deepEqual(
      readdirSync(folderOfBuild).filter((name) => !name.endsWith('.rows')),
      [],
    );
  });

  it('show long and nested values of duplicates cut, and private ones as a hash', async () => {
    const schema = features({
      user: record({ email: text({ pii: 'email' }), tags: sequence(text()) }),
      grid: tensor({ dtype: 'uint8', shape: [3, 4] }),
      note: text(),
      missing: optional(scalar('float32')),
    });
    const example = {
      user: { email: 'ann@example.org', tags: Array.from({ length: 20 }, (_, i) => `t${i}`) },
      grid: new Uint8Array(12).fill(7),
      note: 'x'.repeat(500),
      missing: null,
    };
    const { message } = await caught(
      buildSplit({ folder: emptyFolder(), split: 'train', schema }, [
        ['k', example],
        ['k', example],
      ]),
    );
    assert.ok(!message.includes('ann@'), message);
    assert.match(message, /email: "\(private, sha256 [0-9a-f]{8}\.\.\.\)"/);
    assert.ok(message.includes('"t7", ... 20 in all]') && message.includes('missing: null'), message);
    assert.ok(message.length < 3000);
  });

  it('do not show private keys', async () => {
    const examples: [string, unknown][] = ['ann@example.org', 'ann@example.org'].map((key, n) => [key, { n, s: '' }]);
    const error = await caught(
      buildSplit({ folder: emptyFolder(), split: 'train', schema: small, privateKeys: true }, examples),
    );
    assert.ok(!error.message.includes('ann') && !error.at.key?.includes('ann'), error.message);
    assert.ok(error.message.includes(Buffer.from(keyHash('train', 'ann@example.org')).toString('hex').slice(0, 12)));
  });

  it('leave nothing behind when the disk is full', async () => {
    const path = emptyFolder();
    const writer = new SplitWriter({ split: 'train', schema: small, file: join(path, 'rows'), sourceShard: 'all' });
    for (const [key, example] of smallExamples(50_000)) writer.add(key, example);
    const [plan] = planShards('train', [writer.finish()], { numShards: 1 }).shards;
    const full = join(path, 'train.tfrecord');
    symlinkSync('/dev/full', full);
    if (plan === undefined) assert.fail('no shard');
    const error = await caught(
      encodeShard({ ...plan, outputs: { tfrecord: full }, indexFile: join(path, 'index') }, small),
    );
    assert.equal(error.code, 'STORAGE_FULL');
    assert.deepEqual(readdirSync(path), ['rows']);
  });

  it('stop when they are told to', async () => {
    const path = emptyFolder();
    const writer = new SplitWriter({ split: 'train', schema: small, file: join(path, 'rows'), sourceShard: 'all' });
    for (const [key, example] of smallExamples(300_000)) writer.add(key, example);
    const [plan] = planShards('train', [writer.finish()], { numShards: 1 }).shards;
    if (plan === undefined) assert.fail('no shard');
    const task = { ...plan, outputs: { tfrecord: join(path, 'out') }, indexFile: join(path, 'index') };
    const controller = new AbortController();
    const done = encodeShard(task, small, controller.signal);
    controller.abort(new Error('Ctrl-C'));
    assert.equal((await caught(done)).code, 'INTERRUPTED');
    assert.deepEqual(readdirSync(path), ['rows']);
  });
});

async function caught(promise: Promise<unknown>): Promise<DatasetsError> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof DatasetsError, String(error));
    return error;
  }
  assert.fail('nothing was thrown');
}
