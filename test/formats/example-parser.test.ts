import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DatasetsError } from '../../src/core/errors/index.js';
import type { Leaf } from '../../src/features/index.js';
import { createColumnBuilder, createExampleWriter } from '../../src/formats/index.js';
import { requireOracle } from '../oracle/index.js';
import { plainBatch } from './plain-columns.js';
import { arbitrarySample, encodeExample, encodeRows, field, leaf, sortLeaves, varint } from './sample-rows.js';

type Entry = readonly [key: string, feature: Buffer];

/** A tf.Example with its entries in the given order. */
function example(...entries: readonly Entry[]): Buffer {
  return field(
    1,
    Buffer.concat(
      entries.map(([key, feature]) => field(1, Buffer.concat([field(1, Buffer.from(key)), field(2, feature)]))),
    ),
  );
}

function int64List(...values: readonly (number | bigint)[]): Buffer {
  return field(3, field(1, Buffer.concat(values.map((value) => varint(BigInt(value))))));
}

function bytesList(...values: readonly string[]): Buffer {
  return field(1, Buffer.concat(values.map((value) => field(1, Buffer.from(value)))));
}

function parse(leaves: readonly Leaf[], ...examples: readonly Buffer[]): unknown {
  const builder = createColumnBuilder(leaves);
  for (const bytes of examples) builder.appendExample(bytes, 0, bytes.length);
  return plainBatch(builder.finish());
}

function failure(leaves: readonly Leaf[], bytes: Buffer): DatasetsError {
  try {
    parse(leaves, bytes);
  } catch (error) {
    if (error instanceof DatasetsError) return error;
    throw error;
  }
  return assert.fail('a bad example was read');
}

const twoLeaves = sortLeaves([leaf('a', 'int64'), leaf('b', 'string')]);
const canonical = example(['a', int64List(300)], ['b', bytesList('x')]);

describe('tf.Examples of other writers', () => {
  it('may have their keys in any order, which may change', () => {
    const swapped = example(['b', bytesList('x')], ['a', int64List(300)]);
    assert.deepEqual(parse(twoLeaves, swapped, canonical, swapped), parse(twoLeaves, canonical, canonical, canonical));
  });

  it('may have keys that nobody asked for', () => {
    const more = example(
      ['0', int64List(1)],
      ['a', int64List(300)],
      ['aa', bytesList('?')],
      ['b', bytesList('x')],
      ['c', int64List()],
    );
    assert.deepEqual(parse(twoLeaves, more, more), parse(twoLeaves, canonical, canonical));
  });

  it('may have numbers one by one, in several lists, with a key twice and with unknown fields', () => {
    const leaves = sortLeaves([leaf('f', 'float32', { shape: [2] }), leaf('i', 'int64', { sequences: [null] })]);
    const floats = Buffer.from(Float32Array.of(1.5, -2).buffer);
    const expected = parse(leaves, example(['f', field(2, field(1, floats))], ['i', int64List(-1, 300)]));
    const unpackedFloats = Buffer.concat([Buffer.of(0x0d), floats.subarray(0, 4), Buffer.of(0x0d), floats.subarray(4)]);
    const unpackedInts = Buffer.concat([Buffer.of(0x08), varint(-1n), Buffer.of(0x08), varint(300n)]);
    const unknown = Buffer.concat([Buffer.of(0x78, 1), field(14, Buffer.from('?')), Buffer.of(0x7d, 1, 2, 3, 4)]);
    for (const bytes of [
      example(['f', field(2, unpackedFloats)], ['i', field(3, unpackedInts)]),
      example(
        ['f', field(2, Buffer.concat([unknown, field(1, floats)]))],
        ['i', Buffer.concat([int64List(-1), unknown, int64List(300)])],
      ),
      example(['i', int64List(5)], ['f', field(2, field(1, floats))], ['i', int64List(-1, 300)]),
      Buffer.concat([unknown, example(['f', field(2, field(1, floats))]), example(['i', int64List(-1, 300)])]),
    ]) {
      assert.deepEqual(parse(leaves, bytes), expected);
    }
  });

  it('read as TensorFlow reads them, whatever protobuf made of them', async function () {
    const oracle = requireOracle(this);
    for (const { leaves, rows } of fc.sample(arbitrarySample(2), { numRuns: 20, seed: 9 })) {
      for (const row of rows) {
        const ours = encodeExample(leaves, row);
        const theirs = (await oracle.call('tf.canonical_example', { record: new Uint8Array(ours) })) as Uint8Array;
        assert.deepEqual(parse(leaves, Buffer.from(theirs)), parse(leaves, ours));
      }
    }
  });
});

describe('a tf.Example that does not fit its features is refused with its key', () => {
  const cases: readonly [string, readonly Leaf[], Buffer, RegExp][] = [
    ['a missing key', twoLeaves, example(['a', int64List(1)]), /key 'b' is missing/],
    ['a Feature without a list', twoLeaves, example(['a', int64List(1)], ['b', Buffer.alloc(0)]), /key 'b' is missing/],
    [
      'another kind of list',
      twoLeaves,
      example(['a', bytesList('1')], ['b', bytesList('x')]),
      /key 'a' holds no int64_list/,
    ],
    [
      'too many values',
      twoLeaves,
      example(['a', int64List(1, 2)], ['b', bytesList('x')]),
      /key 'a' holds 2 values, expected 1/,
    ],
    [
      'too few values',
      twoLeaves,
      example(['a', int64List(1)], ['b', bytesList()]),
      /key 'b' holds 0 values, expected 1/,
    ],
    [
      'a number out of range',
      [leaf('n', 'int8')],
      example(['n', int64List(128)]),
      /key 'n' holds 128, which is no int8/,
    ],
    ['a negative number', [leaf('n', 'uint32')], example(['n', int64List(-1)]), /key 'n' holds -1, which is no uint32/],
    [
      'half a float',
      [leaf('f', 'float32')],
      example(['f', field(2, field(1, Buffer.alloc(6)))]),
      /key 'f' holds 6 bytes of floats/,
    ],
    [
      'a part of a tensor',
      [leaf('t', 'int64', { sequences: [null], shape: [2] })],
      example(['t', int64List(1, 2, 3)]),
      /key 't' holds 3 values, expected \(a multiple of\) 2/,
    ],
    [
      'a sequence of another length',
      [leaf('s', 'int64', { sequences: [2] })],
      example(['s', int64List(1, 2, 3)]),
      /key 's' holds 3 values/,
    ],
  ];
  for (const [name, leaves, bytes, message] of cases) {
    it(name, () => {
      const error = failure(leaves, bytes);
      assert.equal(error.code, 'DATA_CORRUPT');
      assert.match(error.message, message);
      assert.ok(error.hint);
    });
  }

  const ragged = [leaf('r', 'int64', { sequences: [null, null] })];
  const raggedCases: readonly [string, Buffer, Buffer | undefined, RegExp][] = [
    [
      'lengths that say more than there is',
      int64List(1, 2),
      int64List(1, 2),
      /ragged_flat_values' holds 2 values, expected .*3/,
    ],
    ['a negative length', int64List(1, 2), int64List(3, -1), /ragged_row_lengths_0' holds a length that is negative/],
    ['missing lengths', int64List(1, 2), undefined, /ragged_row_lengths_0' is missing/],
  ];
  for (const [name, values, lengths, message] of raggedCases) {
    it(name, () => {
      const entries: Entry[] = [['r/ragged_flat_values', values]];
      if (lengths !== undefined) entries.push(['r/ragged_row_lengths_0', lengths]);
      assert.match(failure(ragged, example(...entries)).message, message);
    });
  }

  it('bytes that are none', () => {
    assert.equal(failure(twoLeaves, Buffer.from('no protobuf at all')).code, 'DATA_CORRUPT');
  });

  it('and damage never gives anything but such an error', () => {
    fc.assert(
      fc.property(
        arbitrarySample(1),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        ({ leaves, rows }, place, flip, shorten) => {
          const bytes = encodeExample(leaves, rows[0] ?? leaves.map(() => ({ lengths: [], counts: [], values: [] })));
          const at = place % bytes.length;
          bytes.writeUInt8((bytes[at] ?? 0) ^ flip, at);
          try {
            parse(leaves, shorten ? bytes.subarray(0, at) : bytes);
          } catch (error) {
            assert.ok(error instanceof DatasetsError, String(error));
            assert.equal(error.code, 'DATA_CORRUPT');
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('features that a tf.Example cannot hold are refused beforehand', () => {
  for (const [name, leaves, message] of [
    [
      'a sequence of tensors of unknown shape',
      [leaf('s', 'int64', { sequences: [null], shape: [null] })],
      /'s': a sequence of tensors/,
    ],
    ['two features of one key', [leaf('a', 'int64'), leaf('a', 'string')], /both stored under .* 'a'/],
  ] as const) {
    it(name, () => {
      assert.throws(
        () => createExampleWriter(leaves),
        (error: DatasetsError) => {
          assert.equal(error.code, 'FEATURE_INVALID');
          assert.match(error.message, message);
          return true;
        },
      );
    });
  }

  it('a row whose announced size is wrong is never written silently', () => {
    const { bytes, view } = encodeRows([leaf('a', 'int64')], [[{ lengths: [], counts: [1], values: [5n] }]]);
    view.setUint32(20, 99, true);
    const writer = createExampleWriter([leaf('a', 'int64')]);
    assert.throws(() => writer.write(view, bytes, 0, new Uint8Array(200), 0), { code: 'INTERNAL' });
  });
});
