import assert from 'node:assert/strict';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatasetsError } from '../../src/core/errors/index.js';
import { features, scalar } from '../../src/features/index.js';
import { openVersion, type ReadFormat } from '../../src/reader/index.js';
import { recordFormats } from '../../src/registry/index.js';
import { buildVersion } from './build-version.js';
import { cutOff, editManifest, flip } from './damage.js';
import { sampleExamples, sampleSchema } from './sample.js';

const shards = {
  tfrecord: 'sample-train.tfrecord-00001-of-00003',
  arrow: 'arrow/train/data-00001-of-00003.arrow',
  parquet: 'parquet/train-00001-of-00003.parquet',
  index: 'index/train-00001-of-00003.index',
} as const;

describe('a damaged shard', () => {
  let registry = '';
  let pristine = '';
  let directory = '';
  before(async () => {
    registry = mkdtempSync(join(tmpdir(), 'ailab-damage-'));
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

  /** As where there is no manifest to say what size a file has: the damage shows only in the file. */
  const forgetSizes = () =>
    editManifest(directory, (manifest) => {
      for (const file of manifest.files) {
        const path = join(directory, file.path);
        file.bytes = statSync(path, { throwIfNoEntry: false })?.size ?? file.bytes;
      }
    });

  /** Reads everything and returns the error, after how many examples it came, and that it names the file. */
  const failure = async (format: ReadFormat, selector = 'train') => {
    const dataset = (await openVersion(directory, { format })).dataset(selector);
    let before = 0;
    try {
      for await (const batch of dataset.columns({ batchSize: 1 })) before += batch.rows;
    } catch (error) {
      assert.ok(error instanceof DatasetsError, String(error));
      assert.equal(error.code, 'DATA_CORRUPT', error.message);
      assert.equal(error.at.file, join(directory, shards[format]));
      assert.ok(error.message.includes(shards[format]), error.message);
      assert.ok((error.hint ?? '').length > 10, error.message);
      return { error, before };
    }
    assert.fail(`${format} was read as if it were whole`);
  };

  for (const format of recordFormats) {
    it(`(${format}) that was cut short is found by its size before it is read`, async () => {
      cutOff(join(directory, shards[format]), 5);
      const { error, before } = await failure(format);
      assert.equal(before, 20);
      assert.equal(error.at.offset, statSync(join(directory, shards[format])).size);
      // A single example of a version without float64 comes from TFRecord, which is whole where columns are damaged.
      const example = (await openVersion(directory, { format })).dataset('train').at(25);
      if (format === 'tfrecord') await assert.rejects(example, { code: 'DATA_CORRUPT' });
      else await example;
    });

    it(`(${format}) that was cut short is found without a size to compare with`, async () => {
      cutOff(join(directory, shards[format]), 5);
      forgetSizes();
      const { error } = await failure(format);
      assert.ok((error.at.offset ?? -1) >= 0, error.message);
    });

    it(`(${format}) that is missing is named`, async () => {
      renameSync(join(directory, shards[format]), join(directory, 'elsewhere'));
      const { error } = await failure(format);
      assert.match(error.message, /is missing/);
    });

    it(`(${format}) that holds another shard's records is found by their number`, async () => {
      cpSync(
        join(directory, shards[format].replaceAll('train', 'test').replace('sample-test', 'sample-test')),
        join(directory, shards[format]),
      );
      forgetSizes();
      await failure(format);
    });

    it(`(${format}) does not hinder the other shards and splits`, async () => {
      cutOff(join(directory, shards[format]), 5);
      const version = await openVersion(directory, { format });
      assert.equal((await version.dataset('test').toArray()).length, 10);
      assert.equal((await version.dataset('train[:1shard]').toArray()).length, 20);
    });
  }

  it('(parquet) does not hinder the columns that are whole', async () => {
    const file = join(directory, shards.parquet);
    const ids = async (): Promise<unknown[]> => {
      const dataset = (await openVersion(directory, { format: 'parquet', verify: 'none' })).dataset('train');
      const read: unknown[] = [];
      for await (const batch of dataset.columns({ fields: ['id'] }))
        read.push(...(batch.numbers('id') as BigInt64Array));
      return read;
    };
    const whole = await ids();
    assert.equal(whole.length, 60);
    // A flip in the column itself is found, one in another is not even read.
    let read = 0;
    for (let at = 4; at < 1_500; at += 100) {
      flip(file, at);
      const found = await ids().catch((error: unknown) => error);
      if (!(found instanceof DatasetsError)) {
        assert.deepEqual(found, whole);
        read++;
      }
      flip(file, at);
    }
    assert.ok(read > 5, `${read} of 15`);
  });

  it('(tfrecord) names the byte at which the damaged record starts', async () => {
    const file = join(directory, shards.tfrecord);
    const frames = frameOffsets(readFileSync(file));
    for (const [record, within] of [
      [0, 0],
      [7, 3],
      [7, 10],
      [7, 40],
      [19, 20],
    ] as const) {
      const start = frames[record] ?? 0;
      flip(file, start + within);
      const { error, before } = await failure('tfrecord');
      assert.equal(error.at.offset, start, `${record} ${within}: ${error.message}`);
      assert.ok(before <= 20 + record);
      await assert.rejects((await openVersion(directory, { format: 'tfrecord' })).dataset('train').at(20 + record), {
        code: 'DATA_CORRUPT',
      });
      flip(file, start + within);
    }
    // What lies before and behind the damage is still read.
    flip(file, (frames[7] ?? 0) + 40);
    const version = await openVersion(directory, { format: 'tfrecord' });
    assert.equal((await version.dataset('train[20:27]').toArray()).length, 7);
    assert.equal((await version.dataset('train[28:]').toArray()).length, 32);
  });

  it('(tfrecord) with surplus records says at which byte they start', async () => {
    const file = join(directory, shards.tfrecord);
    const size = statSync(file).size;
    appendFileSync(file, readFileSync(file));
    forgetSizes();
    const { error } = await failure('tfrecord');
    assert.equal(error.at.offset, size);
    assert.match(error.message, /more than the 20 records/);
  });

  it('(tfrecord) whose records have other features names the field and the byte', async () => {
    const other = await buildVersion({
      registry,
      name: 'other',
      schema: features({ id: scalar('int64'), extra: scalar('int32') }),
      splits: { train: Array.from({ length: 60 }, (_, i) => [i, { id: i, extra: i }] as const) },
      numShards: 3,
      formats: ['tfrecord'],
    });
    cpSync(join(other, 'other-train.tfrecord-00001-of-00003'), join(directory, shards.tfrecord));
    forgetSizes();
    const { error } = await failure('tfrecord');
    assert.equal(error.at.offset, 0);
    assert.match(error.message, /record at byte 0: .*'label' is missing/);
    assert.equal(error.at.field, 'label');
  });

  it('(arrow) whose columns have other types names the column', async () => {
    const other = await buildVersion({
      registry,
      name: 'another',
      schema: features({ ...sampleSchema.fields, id: scalar('float32') }),
      splits: {
        train: sampleExamples(0, 60).map(([key, example]) => [key, { ...(example as object), id: 0.5 }] as const),
      },
      numShards: 3,
      formats: ['arrow'],
    });
    cpSync(join(other, shards.arrow), join(directory, shards.arrow));
    forgetSizes();
    const { error } = await failure('arrow');
    assert.match(error.message, /'id' has the type float/);
  });

  it('with a damaged index is still read from its beginning, and says what is wrong when the index is needed', async () => {
    flip(join(directory, shards.index), 0);
    const dataset = (await openVersion(directory, { format: 'tfrecord' })).dataset('train');
    assert.equal((await dataset.toArray()).length, 60);
    await assert.rejects(dataset.at(25), (error: DatasetsError) => {
      assert.equal(error.code, 'DATA_CORRUPT');
      assert.equal(error.at.file, join(directory, shards.index));
      return true;
    });
  });

  it('is read all the same when somebody asks not to verify checksums', async () => {
    const file = join(directory, shards.tfrecord);
    const [, second = 0] = frameOffsets(readFileSync(file));
    flip(file, second - 1);
    await failure('tfrecord');
    const trusting = await openVersion(directory, { format: 'tfrecord', verifyChecksums: false });
    assert.equal((await trusting.dataset('train').toArray()).length, 60);
  });
});

/** Where each TFRecord frame starts. */
function frameOffsets(bytes: Buffer): readonly number[] {
  const offsets: number[] = [];
  for (let at = 0; at < bytes.length; at += Number(bytes.readBigUInt64LE(at)) + 16) offsets.push(at);
  return offsets;
}
