import assert from 'node:assert/strict';
import {
  type AnyFeature,
  createRowEncoder,
  type DType,
  features,
  finishRow,
  leavesOf,
  optional,
  RowArena,
  record,
  rowWords,
  scalar,
  sequence,
  tensor,
  text,
} from '../../src/features/index.js';
import { createColumnBuilder, createExampleWriter, exampleSlackBytes } from '../../src/formats/index.js';
import { tensor as numpy, plain, requireOracle } from '../oracle/index.js';
import { plainBatch } from './plain-columns.js';

interface EncodedExamples {
  readonly arena: RowArena;
  readonly offsets: readonly number[];
}

function encodeAll(schema: AnyFeature, examples: readonly unknown[]): EncodedExamples {
  const encoder = createRowEncoder(schema as never);
  const arena = new RowArena(1 << 16);
  const offsets = examples.map((example, ordinal) => {
    const start = arena.position;
    encoder.encode(example as never, arena);
    finishRow(arena, start, ordinal, ordinal);
    return start;
  });
  return { arena, offsets };
}

function writeExamples(schema: AnyFeature, { arena, offsets }: EncodedExamples): Uint8Array[] {
  const writer = createExampleWriter(leavesOf(schema));
  return offsets.map((offset) => {
    const size = arena.view.getUint32(offset + 4 * rowWords.exampleBytes, true);
    const target = new Uint8Array(size + exampleSlackBytes);
    assert.equal(writer.write(arena.view, arena.bytes, offset, target, 0), size);
    return target.slice(0, size);
  });
}

/** Our tf.Examples equal tfds' own. */
async function compareBytes(
  context: Mocha.Context,
  schema: AnyFeature,
  expression: string,
  examples: readonly unknown[],
  forPython: readonly unknown[] = examples,
): Promise<void> {
  const oracle = requireOracle(context);
  const written = writeExamples(schema, encodeAll(schema, examples));
  assert.deepEqual(written, await oracle.call('tfds.encode_examples', { expression, examples: forPython }));
}

/** They also parse to the columns that the rows give. */
async function compare(
  ...[context, schema, expression, examples, forPython]: Parameters<typeof compareBytes>
): Promise<void> {
  await compareBytes(context, schema, expression, examples, forPython);
  const encoded = encodeAll(schema, examples);
  const fromRows = createColumnBuilder(leavesOf(schema));
  fromRows.appendRows(encoded.arena.view, encoded.arena.bytes, Uint32Array.from(encoded.offsets), 0, examples.length);
  const fromExamples = createColumnBuilder(leavesOf(schema));
  for (const example of writeExamples(schema, encoded)) fromExamples.appendExample(example, 0, example.length);
  assert.deepEqual(plainBatch(fromExamples.finish()), plainBatch(fromRows.finish()));
}

const integerExtremes: Partial<Record<DType, readonly (number | bigint)[]>> = {
  int8: [-128, -1, 0, 127],
  int16: [-32768, -1, 0, 32767],
  int32: [-2147483648, -1, 0, 2147483647],
  int64: [-(2n ** 63n), -(2n ** 53n) - 1n, -1n, 0n, 127n, 128n, 2n ** 35n, 2n ** 63n - 1n],
  uint8: [0, 127, 128, 255],
  uint16: [0, 65535],
  uint32: [0, 2 ** 31, 2 ** 32 - 1],
  uint64: [0n, 2n ** 63n, 2n ** 64n - 1n],
};
const floats = [0, -0, 1.5, -2.25, 65504, 6e-8, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];

describe('tf.Examples are byte for byte those of tfds’ own serialiser', () => {
  for (const [dtype, values] of Object.entries(integerExtremes)) {
    it(`for the extremes of ${dtype}`, async function () {
      const schema = features({ one: scalar(dtype as 'int64'), many: sequence(scalar(dtype as 'int64')) });
      const expression = `tfds.features.FeaturesDict({'one': np.${dtype}, 'many': tfds.features.Sequence(np.${dtype})})`;
      const examples = values.map((value) => ({ one: value as bigint, many: values as readonly bigint[] }));
      await compare(this, schema, expression, [...examples, { one: values[0], many: [] }]);
    });
  }

  for (const dtype of ['float16', 'float32', 'float64'] as const) {
    it(`for ${dtype}, its infinities and NaN included`, async function () {
      const schema = features({ one: scalar(dtype), pair: tensor({ dtype, shape: [2] }) });
      const expression = `tfds.features.FeaturesDict({'one': np.${dtype}, 'pair': tfds.features.Tensor(shape=(2,), dtype=np.${dtype})})`;
      const values = dtype === 'float64' ? [...floats, 1e300, 1e-300, 0.1, 2 ** 53 + 2] : floats;
      await compareBytes(
        this,
        schema,
        expression,
        values.map((value) => ({ one: value, pair: [value, 1] })),
      );
    });
  }

  it('for bfloat16, which stock tfds reads but cannot write', async function () {
    const oracle = requireOracle(this);
    const schema = features({ one: scalar('bfloat16') });
    const written = writeExamples(
      schema,
      encodeAll(
        schema,
        floats.map((one) => ({ one })),
      ),
    );
    const expression = "tfds.features.FeaturesDict({'one': tf.bfloat16})";
    const decoded = plain(await oracle.call('tfds.decode_examples', { expression, records: written }));
    // 65504 and 6e-8 in the 8 bits that bfloat16 has.
    const expected = floats.map((one) => ({ one: one === 65504 ? 65536 : one === 6e-8 ? 129 * 2 ** -31 : one }));
    assert.deepEqual(decoded, expected);
  });

  it('for booleans, text and bytes', async function () {
    const schema = features({
      flag: scalar('bool'),
      blob: scalar('bytes'),
      caption: text(),
      words: sequence(text()),
      grid: tensor({ dtype: 'string', shape: [2, 2] }),
    });
    const expression = `tfds.features.FeaturesDict({'flag': np.bool_, 'blob': tf.string, 'caption': tfds.features.Text(),
      'words': tfds.features.Sequence(tfds.features.Text()), 'grid': tfds.features.Tensor(shape=(2, 2), dtype=tf.string)})`;
    await compare(this, schema, expression, [
      {
        flag: true,
        blob: Uint8Array.of(0, 255, 10),
        caption: 'héllo 世界 🎉',
        words: ['a', '', 'ü'],
        grid: [
          ['a', 'b'],
          ['', 'd'],
        ],
      },
      {
        flag: false,
        blob: new Uint8Array(0),
        caption: '',
        words: [],
        grid: [
          ['', ''],
          ['', ''],
        ],
      },
      {
        flag: true,
        blob: new Uint8Array(300).fill(1),
        caption: 'x'.repeat(130),
        words: ['y'.repeat(20_000)],
        grid: [
          ['1', '2'],
          ['3', '4'],
        ],
      },
    ]);
  });

  it('for tensors with known and unknown dimensions', async function () {
    const schema = features({
      known: tensor({ dtype: 'uint8', shape: [2, 3] }),
      rows: tensor({ dtype: 'float32', shape: [null, 2] }),
      tail: tensor({ dtype: 'int32', shape: [2, null] }),
    });
    const expression = `tfds.features.FeaturesDict({'known': tfds.features.Tensor(shape=(2, 3), dtype=np.uint8),
      'rows': tfds.features.Tensor(shape=(None, 2), dtype=np.float32), 'tail': tfds.features.Tensor(shape=(2, None), dtype=np.int32)})`;
    const known = [
      [1, 2, 3],
      [4, 5, 255],
    ];
    const examples = [
      {
        known,
        rows: [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
        tail: [
          [-1, -2, -3],
          [4, 5, 6],
        ],
      },
      { known, rows: [[1, 2]], tail: [[1], [2]] },
    ];
    // NumPy makes no [0, 2] tensor of an empty list.
    const noRows = { known, rows: { shape: [0, 2], data: new Float32Array(0) }, tail: [[1], [2]] };
    const forPython = [...examples, { ...noRows, rows: numpy('float32', [0, 2], new Float32Array(0)) }];
    await compare(this, schema, expression, [...examples, noRows], forPython);
  });

  it('for sequences of records and ragged nesting', async function () {
    const schema = features({
      steps: sequence(record({ reward: scalar('float32'), tags: sequence(text()) })),
      cube: sequence(sequence(sequence(tensor({ dtype: 'int64', shape: [2] })))),
      empty: sequence(sequence(scalar('uint8'))),
    });
    const expression = `tfds.features.FeaturesDict({
      'steps': tfds.features.Sequence({'reward': np.float32, 'tags': tfds.features.Sequence(tfds.features.Text())}),
      'cube': tfds.features.Sequence(tfds.features.Sequence(tfds.features.Sequence(tfds.features.Tensor(shape=(2,), dtype=np.int64)))),
      'empty': tfds.features.Sequence(tfds.features.Sequence(np.uint8))})`;
    await compare(this, schema, expression, [
      {
        steps: [
          { reward: 1.5, tags: ['a', 'b'] },
          { reward: -1, tags: [] },
        ],
        cube: [
          [[[1, 2]], []],
          [],
          [
            [
              [3, -4],
              [5, 6],
            ],
          ],
        ],
        empty: [[], [200]],
      },
      { steps: [], cube: [], empty: [] },
      { steps: [{ reward: 0, tags: [''] }], cube: [[]], empty: [[]] },
      {
        steps: Array.from({ length: 200 }, (_, i) => ({ reward: i, tags: ['t'] })),
        cube: [[[]]],
        empty: [Array.from({ length: 200 }, () => 1)],
      },
    ]);
  });

  it('for optional features, which leave no key behind', async function () {
    const schema = features({
      count: optional(scalar('int64')),
      note: optional(text()),
      point: optional(tensor({ dtype: 'float32', shape: [2] })),
      sure: scalar('int32'),
    });
    const expression = `tfds.features.FeaturesDict({'count': tfds.features.Scalar(np.int64, optional=True), 'note': tfds.features.Text(optional=True),
      'point': tfds.features.Tensor(shape=(2,), dtype=np.float32, optional=True), 'sure': np.int32})`;
    await compare(this, schema, expression, [
      { count: 7, note: 'n', point: [1, 2], sure: 1 },
      { count: null, note: null, point: null, sure: -1 },
      { count: null, note: '', point: null, sure: 0 },
    ]);
  });
});
