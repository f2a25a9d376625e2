import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import type { DatasetsError } from '../../src/core/errors/index.js';
import { features, scalar, sequence, tensor, text } from '../../src/features/index.js';
import { tfrecord } from '../../src/sources/index.js';
import { type Oracle, requireOracle } from '../oracle/index.js';
import { readAll, TemporaryFolder } from './read-all.js';

type Values = { readonly kind: 'bytes' | 'int64' | 'float' | null; readonly values: readonly unknown[] };

const bytes = (content: string): Uint8Array => new Uint8Array(Buffer.from(content));

function serialize(oracle: Oracle, examples: readonly Readonly<Record<string, Values>>[]): Promise<unknown[]> {
  return Promise.all(examples.map((example) => oracle.call('tf.serialize_example', { features: example })));
}

describe('tfrecord', () => {
  let folder: TemporaryFolder;
  before(() => {
    folder = new TemporaryFolder();
  });
  after(() => folder.remove());

  const records = Array.from({ length: 3000 }, (_, i) => bytes(`record ${i} ${'x'.repeat((i * 37) % 200)}`));

  for (const [name, compression, option] of [
    ['plain.tfrecord', '', 'auto'],
    ['zipped.tfrecord.gz', 'GZIP', 'auto'],
    ['zipped.tfrecord', 'GZIP', 'gzip'],
    ['deflated.tfrecord', 'ZLIB', 'zlib'],
  ] as const) {
    it(`gives the bytes of each record that TensorFlow wrote (${compression || 'plain'})`, async function () {
      await requireOracle(this).call('tf.write_records', { file: folder.file(name), records, compression });
      const { elements, positions, shards, largestBatch } = await readAll(
        tfrecord(name, { compression: option }),
        folder.context,
      );
      assert.deepEqual(elements, records);
      assert.deepEqual(shards, [name]);
      assert.ok(largestBatch <= 1024);
      assert.equal(positions[2999], `${name} record 2999`);
    });
  }

  it('gives the same, wherever a large file is cut', async function () {
    await requireOracle(this).call('tf.write_records', { file: folder.file('cut.tfrecord'), records });
    for (const rangeBytes of [1, 100, 5_000, 100_000, 1 << 20]) {
      const { elements, positions, shards } = await readAll(tfrecord('cut.tfrecord', { rangeBytes }), folder.context);
      assert.deepEqual(elements, records);
      assert.deepEqual(
        positions,
        records.map((_, i) => `cut.tfrecord record ${i}`),
      );
      assert.equal(shards.length > 1, rangeBytes <= 100_000);
    }
  });

  it('passes over long records without reading them when a file is split', async function () {
    const long = [...Array(40).keys()].map((i) => new Uint8Array((i * 40_009) % 300_000).fill(i));
    await requireOracle(this).call('tf.write_records', { file: folder.file('long.tfrecord'), records: long });
    const { elements, shards } = await readAll(tfrecord('long.tfrecord', { rangeBytes: 700_000 }), folder.context);
    assert.deepEqual(elements, long);
    assert.ok(shards.length > 3);
  });

  const declared = {
    id: 'int64',
    small: 'int32',
    flag: 'bool',
    score: 'float32',
    title: 'string',
    image: 'bytes',
    note: 'string?',
    affinity: tensor({ dtype: 'float32', shape: [3] }),
    tags: tensor({ dtype: 'string', shape: [null] }),
    'nested/ids': sequence(scalar('int64')),
  } as const;

  const examples: readonly Readonly<Record<string, Values>>[] = [
    {
      id: { kind: 'int64', values: [-(2n ** 63n)] },
      small: { kind: 'int64', values: [-5n] },
      flag: { kind: 'int64', values: [1n] },
      score: { kind: 'float', values: [0.5] },
      title: { kind: 'bytes', values: [bytes('é𝄞')] },
      image: { kind: 'bytes', values: [new Uint8Array([0, 255])] },
      note: { kind: 'bytes', values: [bytes('a note')] },
      affinity: { kind: 'float', values: [1, 2, -0.25] },
      tags: { kind: 'bytes', values: [bytes('a'), bytes('')] },
      'nested/ids': { kind: 'int64', values: [9007199254740993n] },
      unknown: { kind: 'float', values: [1] },
    },
    {
      id: { kind: 'int64', values: [7n] },
      small: { kind: 'int64', values: [0n] },
      flag: { kind: 'int64', values: [0n] },
      score: { kind: 'float', values: [-1.5] },
      title: { kind: 'bytes', values: [bytes('')] },
      image: { kind: 'bytes', values: [new Uint8Array()] },
      affinity: { kind: 'float', values: [0, 0, 0] },
      tags: { kind: 'bytes', values: [] },
      'nested/ids': { kind: 'int64', values: [] },
    },
  ];

  it('parses tf.Examples of declared fields exactly', async function () {
    const oracle = requireOracle(this);
    await oracle.call('tf.write_records', {
      file: folder.file('examples.tfrecord'),
      records: await serialize(oracle, examples),
    });
    const { elements } = await readAll(tfrecord('examples.tfrecord', { features: declared }), folder.context);
    const [first, second] = elements;
    const id: bigint | undefined = first?.id;
    const note: string | null | undefined = second?.note;
    assert.equal(id, -(2n ** 63n));
    assert.equal(note, null);
    assert.deepEqual(elements, [
      {
        id: -(2n ** 63n),
        small: -5,
        flag: true,
        score: 0.5,
        title: 'é𝄞',
        image: new Uint8Array([0, 255]),
        note: 'a note',
        affinity: { data: Float32Array.of(1, 2, -0.25), shape: [3] },
        tags: { data: ['a', ''], shape: [2] },
        'nested/ids': [9007199254740993n],
      },
      {
        id: 7n,
        small: 0,
        flag: false,
        score: -1.5,
        title: '',
        image: new Uint8Array(),
        note: null,
        affinity: { data: Float32Array.of(0, 0, 0), shape: [3] },
        tags: { data: [], shape: [0] },
        'nested/ids': [],
      },
    ]);
  });

  it('parses tf.Examples of a schema', async function () {
    const oracle = requireOracle(this);
    await oracle.call('tf.write_records', {
      file: folder.file('schema.tfrecord'),
      records: await serialize(oracle, examples),
    });
    const schema = features({ id: scalar('int64'), title: text() });
    const { elements } = await readAll(tfrecord('schema.tfrecord', { features: schema }), folder.context);
    assert.deepEqual(elements, [
      { id: -(2n ** 63n), title: 'é𝄞' },
      { id: 7n, title: '' },
    ]);
  });

  it('names file, record and offset of an example that is not as declared', async function () {
    const oracle = requireOracle(this);
    const wrong = { ...examples[0], small: { kind: 'int64', values: [2n ** 31n] } } as const;
    const lacking = { id: { kind: 'int64', values: [1n] } } as const;
    const [fine, ...bad] = await serialize(oracle, [examples[0] ?? {}, wrong, lacking]);
    const frameBytes = (fine as Uint8Array).length + 16;
    for (const [record, message] of [
      [bad[0], /'small' holds 2147483648, which is no int32/],
      [bad[1], /the tf.Example key '\w+' is missing/],
      [bytes('no protobuf at all'), /not a tf.Example/],
    ] as const) {
      await oracle.call('tf.write_records', { file: folder.file('wrong.tfrecord'), records: [fine, record, fine] });
      await assert.rejects(
        readAll(tfrecord('wrong.tfrecord', { features: declared }), folder.context),
        (error: DatasetsError) => {
          assert.equal(error.code, 'SOURCE_MALFORMED');
          assert.match(error.message, message);
          assert.equal(error.at.source, `wrong.tfrecord record 1 at byte ${frameBytes}`);
          assert.equal(error.at.offset, frameBytes);
          return true;
        },
      );
    }
  });

  it('names file, record and offset of a damaged record, in whichever part of the file', async function () {
    await requireOracle(this).call('tf.write_records', { file: folder.file('damaged.tfrecord'), records });
    const content = readFileSync(folder.file('damaged.tfrecord'));
    const offset = records.slice(0, 2000).reduce((sum, record) => sum + record.length + 16, 0);
    for (const [at, what] of [
      [offset + 15, /the checksum of its \d+ bytes is wrong/],
      [offset + 3, /the checksum of its length is wrong/],
    ] as const) {
      const damaged = Buffer.from(content);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      writeFileSync(folder.file('damaged.tfrecord'), damaged);
      for (const rangeBytes of [20_000, 1 << 30]) {
        await assert.rejects(
          readAll(tfrecord('damaged.tfrecord', { rangeBytes }), folder.context),
          (error: DatasetsError) => {
            assert.equal(error.code, 'SOURCE_MALFORMED');
            assert.match(error.message, what);
            assert.equal(error.at.source, `damaged.tfrecord record 2000 at byte ${offset}`);
            return true;
          },
        );
      }
    }
  });

  it('never takes a file that was cut short for a whole one', async function () {
    await requireOracle(this).call('tf.write_records', {
      file: folder.file('whole.tfrecord'),
      records: records.slice(0, 30),
    });
    const content = readFileSync(folder.file('whole.tfrecord'));
    const ends = new Set([0]);
    let end = 0;
    for (const record of records.slice(0, 30)) {
      end += record.length + 16;
      ends.add(end);
    }
    await fc.assert(
      fc.asyncProperty(fc.nat(content.length), fc.constantFrom(500, 1 << 20), async (length, rangeBytes) => {
        writeFileSync(folder.file('short.tfrecord'), content.subarray(0, length));
        const read = readAll(tfrecord('short.tfrecord', { rangeBytes }), folder.context);
        if (ends.has(length)) assert.equal((await read).elements.length, [...ends].indexOf(length));
        else await assert.rejects(read, { code: 'SOURCE_MALFORMED', message: /short.tfrecord.* record \d+/ });
      }),
      { numRuns: 300 },
    );
  });

  it('refuses a compressed file that was cut short, or is none', async function () {
    await requireOracle(this).call('tf.write_records', {
      file: folder.file('gone.tfrecord.gz'),
      records,
      compression: 'GZIP',
    });
    const content = readFileSync(folder.file('gone.tfrecord.gz'));
    writeFileSync(folder.file('gone.tfrecord.gz'), content.subarray(0, content.length - 100));
    await assert.rejects(readAll(tfrecord('gone.tfrecord.gz'), folder.context), {
      code: 'SOURCE_MALFORMED',
      message: /gone.tfrecord.gz: is not a complete gzip file/,
    });
    await assert.rejects(readAll(tfrecord('plain.tfrecord', { compression: 'zlib' }), folder.context), {
      code: 'SOURCE_MALFORMED',
      message: /plain.tfrecord: is not a complete zlib file/,
    });
  });

  it('refuses what is no field, and what is no compression', () => {
    const wrong: object = { id: 'int65' };
    assert.throws(() => tfrecord('a', { features: wrong as { readonly id: 'int64' } }), {
      code: 'FEATURE_INVALID',
      message: /int65/,
    });
    assert.throws(() => tfrecord('a', { compression: 'lzma' as 'gzip' }), { code: 'PIPELINE_INVALID' });
  });
});
