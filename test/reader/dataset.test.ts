import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { type Dataset, evenSplits, openVersion, type ReadFormat } from '../../src/reader/index.js';
import { recordFormats } from '../../src/registry/index.js';
import { keyHash } from '../../src/writers/index.js';
import { skip } from '../oracle/index.js';
import { buildVersion } from './build-version.js';
import { plainExample, sampleExample, sampleExamples, sampleSchema } from './sample.js';

interface Sample {
  readonly id: bigint;
  readonly name: string;
}

/** The numbers of the examples `from .. to` in the order of a split's records. */
function expectedOrder(split: string, from: number, to: number): readonly number[] {
  const numbers = Array.from({ length: to - from }, (_, i) => from + i);
  const hash = (i: number) => Buffer.from(keyHash(split, `k${i}`));
  return numbers.sort((a, b) => Buffer.compare(hash(a), hash(b)));
}

const numberOf = (example: Sample) => Number(example.id / 1_000_000_007n);

describe('a version', () => {
  let registry = '';
  let directory = '';
  const train = expectedOrder('train', 0, 90);
  const test = expectedOrder('test', 90, 107);
  before(async () => {
    registry = mkdtempSync(join(tmpdir(), 'ailab-reader-'));
    directory = await buildVersion({
      registry,
      name: 'sample',
      schema: sampleSchema,
      splits: { train: sampleExamples(0, 90), test: sampleExamples(90, 107) },
      formats: recordFormats,
      numShards: 4,
    });
  });
  after(() => rmSync(registry, { recursive: true, force: true }));

  const open = async (format: ReadFormat, selector: string): Promise<Dataset<Sample>> =>
    (await openVersion<Sample>(directory, { format })).dataset(selector);

  for (const format of recordFormats) {
    describe(`read as ${format}`, () => {
      it('gives its examples in the order of their keys, all values equal to what was written', async () => {
        const examples = await (await open(format, 'train')).toArray();
        const written = train.map((i) => plainExample({ weight: null, ...sampleExample(i) }));
        assert.deepEqual(
          examples.map((example) => ({ ...(plainExample(example) as object) })),
          written,
        );
      });

      it('gives any part, in batches of any size, in a loop, or by index', async () => {
        const all = await open(format, 'all');
        const order = [...train, ...test];
        const range = fc.tuple(fc.nat(107), fc.nat(107)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
        await fc.assert(
          fc.asyncProperty(range, fc.integer({ min: 1, max: 120 }), fc.nat(200), async ([from, to], size, index) => {
            const part = all.slice(from, to);
            const expected = order.slice(from, to);
            assert.equal(part.length, expected.length);
            const batches: (readonly Sample[])[] = [];
            for await (const batch of part.batches(size)) batches.push(batch);
            assert.deepEqual(batches.flat().map(numberOf), expected);
            assert.ok(batches.every((batch, i) => batch.length === size || i === batches.length - 1));
            const looped: number[] = [];
            for await (const example of part) looped.push(numberOf(example));
            assert.deepEqual(looped, expected);
            const columns: number[] = [];
            for await (const batch of part.columns({ batchSize: size, fields: ['id', 'tags'] })) {
              assert.deepEqual(batch.keys, ['id', 'tags']);
              assert.ok(batch.rows <= size);
              columns.push(...Array.from(batch.numbers('id') as BigInt64Array, (id) => Number(id / 1_000_000_007n)));
            }
            assert.deepEqual(columns, expected);
            const picked = expected[index % Math.max(1, expected.length)];
            if (picked !== undefined) assert.equal(numberOf(await part.at(index % expected.length)), picked);
          }),
          { numRuns: 60 },
        );
      });

      it('takes split expressions and even parts', async () => {
        const dataset = await open(format, 'train[10:20]+test[-2:]');
        assert.deepEqual((await dataset.toArray()).map(numberOf), [...train.slice(10, 20), ...test.slice(-2)]);
        assert.deepEqual(dataset.splits, ['train', 'test']);
        const shard = dataset.split('train[1shard]');
        assert.deepEqual((await shard.toArray()).map(numberOf), train.slice(22, 45));
        const thirds = evenSplits('test', 3).map((part) => dataset.split(part));
        assert.deepEqual(
          thirds.map((part) => part.length),
          [6, 6, 5],
        );
        assert.deepEqual((await Promise.all(thirds.map((part) => part.toArray()))).flat().map(numberOf), test);
        assert.deepEqual((await dataset.take(3).toArray()).map(numberOf), train.slice(10, 13));
        assert.deepEqual((await dataset.skip(11).toArray()).map(numberOf), test.slice(-1));
        assert.deepEqual((await dataset.slice(-3, -1).toArray()).map(numberOf), [train[19], test.at(-2)]);
        assert.equal(dataset.take(0).length, 0);
        assert.deepEqual(await dataset.take(0).toArray(), []);
        assert.equal(numberOf(await dataset.at(-1)), test.at(-1));
      });

      it('gives columns with offsets, strings and a copy that stays', async () => {
        const kept = [];
        for await (const batch of (await open(format, 'train')).columns({ batchSize: 7 })) kept.push(batch.copy());
        assert.deepEqual(
          kept.flatMap((batch) => batch.texts('name')),
          train.map((i) => `é${i}`),
        );
        assert.deepEqual(
          kept.flatMap((batch) => batch.texts('tags')),
          train.flatMap((i) => sampleExample(i).tags),
        );
        assert.deepEqual(
          kept.flatMap((batch) => [...(batch.numbers('weight') as Float32Array)]),
          train.filter((i) => i % 3 !== 0).map((i) => i / 2),
        );
        assert.deepEqual(
          kept.flatMap((batch) => [...(batch.numbers('signal') as Int32Array)]),
          train.flatMap((i) => sampleExample(i).signal),
        );
        assert.deepEqual(
          kept.flatMap((batch) => [...(batch.numbers('steps/choices') as Int32Array)]),
          train.flatMap((i) => sampleExample(i).steps.flatMap((step) => step.choices)),
        );
        assert.deepEqual(
          kept.flatMap((batch) => [...(batch.numbers('user/active') as Uint8Array)]),
          train.map((i) => (i % 2 === 0 ? 1 : 0)),
        );
        const [first] = kept;
        assert.deepEqual([...(first?.get('tags').sequenceOffsets[0] ?? [])].at(-1), first?.texts('tags').length);
      });

      it('becomes a table of apache-arrow', async () => {
        const table = await (await open(format, 'train[5:8]')).toArrow();
        assert.equal(table.numRows, 3);
        assert.deepEqual(
          [...(table.getChild('name') ?? [])],
          train.slice(5, 8).map((i) => `é${i}`),
        );
        const weights = [...(table.getChild('weight') ?? [])];
        assert.deepEqual(
          weights,
          train.slice(5, 8).map((i) => (i % 3 === 0 ? null : i / 2)),
        );
      });
    });
  }

  it('is read by several loops at once, and when a step is not awaited', async () => {
    const dataset = await open('tfrecord', 'train');
    const both = await Promise.all([dataset.toArray(), dataset.toArray()]);
    assert.deepEqual(both[0].map(numberOf), both[1].map(numberOf));
    const iterator = dataset[Symbol.asyncIterator]();
    const steps = await Promise.all(Array.from({ length: 92 }, () => iterator.next()));
    assert.deepEqual(
      steps.filter((step) => step.done !== true).map((step) => numberOf(step.value as Sample)),
      train,
    );
    assert.ok(steps.slice(90).every((step) => step.done === true));
  });

  it('holds no file open after a loop that ended early', async function () {
    if (!existsSync('/proc/self/fd')) skip(this, 'open files are counted in /proc');
    const before = readdirSync('/proc/self/fd').length;
    for (const format of recordFormats) {
      const dataset = await open(format, 'all');
      for await (const example of dataset) if (numberOf(example) >= 0) break;
      for await (const batch of dataset.columns({ batchSize: 5 })) if (batch.rows > 0) break;
      await dataset.at(50);
    }
    assert.equal(readdirSync('/proc/self/fd').length, before);
  });

  it('says what was asked wrongly', async () => {
    const dataset = await open('arrow', 'train');
    await assert.rejects(dataset.at(90), { code: 'USAGE', message: /no example at 90: there are 90/ });
    await assert.rejects(dataset.at(-91), { code: 'USAGE' });
    await assert.rejects(dataset.at(0.5), { code: 'USAGE' });
    await assert.rejects(dataset.batches(0).next(), { code: 'USAGE', message: /0 examples/ });
    await assert.rejects(dataset.columns({ batchSize: 1.5 }).next(), { code: 'USAGE' });
    for (const format of recordFormats) {
      const reading = (await open(format, 'train')).columns({ fields: ['weihgt'] }).next();
      await assert.rejects(reading, { code: 'USAGE', hint: /Did you mean weight\?/ });
    }
    const { value: batch } = await dataset.columns().next();
    assert.ok(batch !== undefined);
    assert.throws(() => batch.numbers('name'), { code: 'USAGE', hint: /texts\('name'\)/ });
    assert.throws(() => batch.texts('id'), { code: 'USAGE', hint: /numbers\('id'\)/ });
    assert.throws(() => batch.get('nam'), { code: 'USAGE', hint: /Did you mean name\?/ });
    assert.throws(() => dataset.split('tset'), { code: 'SPLIT_UNKNOWN', hint: /Did you mean test\?/ });
    await assert.rejects(openVersion(registry), { code: 'VERSION_UNKNOWN' });
  });
});

describe('a version in one format', () => {
  for (const format of recordFormats) {
    it(`(${format}) is opened in it, by index as well, and not in another`, async () => {
      const registry = mkdtempSync(join(tmpdir(), 'ailab-reader-'));
      try {
        const splits = { train: sampleExamples(0, 20) };
        const build = { registry, name: 'sample', schema: sampleSchema, splits, formats: [format], numShards: 2 };
        const directory = await buildVersion(build);
        const version = await openVersion<Sample>(directory);
        assert.equal(version.format, format);
        const order = expectedOrder('train', 0, 20);
        for (const i of [0, 9, 10, 19]) assert.equal(numberOf(await version.dataset().at(i)), order[i]);
        const other = format === 'arrow' ? 'tfrecord' : 'arrow';
        await assert.rejects(openVersion(directory, { format: other }), {
          code: 'UNSUPPORTED',
          hint: new RegExp(format),
        });
      } finally {
        rmSync(registry, { recursive: true, force: true });
      }
    });
  }
});
