import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createColumnBuilder, createExampleWriter, exampleSlackBytes } from '../../src/formats/index.js';
import { requireOracle } from '../oracle/index.js';
import {
  arbitrarySample,
  encodeExample,
  encodeRows,
  exampleFeatures,
  type LeafValue,
  leaf,
  type Sample,
  sortLeaves,
} from './sample-rows.js';

/** The tf.Examples of all rows, as our writer makes them. */
function writeExamples({ leaves, rows }: Sample): Uint8Array[] {
  const { bytes, view, offsets } = encodeRows(leaves, rows);
  const writer = createExampleWriter(leaves);
  const target = new Uint8Array(1 << 20);
  return [...offsets].map((offset) => target.slice(3, writer.write(view, bytes, offset, target, 3)));
}

/** The sample with its float64 values rounded, as a tf.Example holds them. */
function rounded({ leaves, rows }: Sample): Sample {
  const float64 = leaves.map((leaf) => leaf.dtype === 'float64');
  return {
    leaves,
    rows: rows.map((row) =>
      row.map((value, i) =>
        value !== undefined && float64[i]
          ? { ...value, values: value.values.map((v) => Math.fround(Number(v))) }
          : value,
      ),
    ),
  };
}

describe('the tf.Example writer', () => {
  it('writes what a plain protobuf encoder writes, for any features', () => {
    fc.assert(
      fc.property(arbitrarySample(), (sample) => {
        const expected = sample.rows.map((row) => new Uint8Array(encodeExample(sample.leaves, row)));
        assert.deepEqual(writeExamples(sample), expected);
      }),
      { numRuns: 300 },
    );
  });

  it('writes integers and strings of every size, from the end of one buffer to the end of another', () => {
    const leaves = sortLeaves([leaf('a', 'int64'), leaf('b', 'uint64'), leaf('c', 'int32'), leaf('d', 'string')]);
    const one = (value: number | bigint | Uint8Array): LeafValue => ({ lengths: [], counts: [1], values: [value] });
    for (let size = 0; size < 200; size++) {
      const unsigned = BigInt.asUintN(64, (1n << BigInt(size % 65)) - BigInt(size & 1));
      const signed = BigInt.asIntN(64, unsigned);
      const row = [one(signed), one(unsigned), one(Number(BigInt.asIntN(32, signed))), one(Buffer.alloc(size, size))];
      const expected = encodeExample(leaves, row);
      const { bytes, offsets } = encodeRows(leaves, [row]);
      const rowStart = offsets[0] ?? assert.fail('no row');
      // Without the word of the key, so that nothing stands behind the leaves.
      const exact = bytes.slice(0, bytes.length - 4);
      const target = new Uint8Array(3 + expected.length + exampleSlackBytes).fill(0xee);
      const end = createExampleWriter(leaves).write(new DataView(exact.buffer), exact, rowStart, target, 3);
      assert.deepEqual(Buffer.from(target.subarray(3, end)), expected, `size ${size}`);
      assert.deepEqual([...target.subarray(0, 3)], [0xee, 0xee, 0xee]);
    }
  });

  it('writes the bytes that protobuf writes, keys sorted', async function () {
    const oracle = requireOracle(this);
    let identical = 0;
    for (const sample of fc.sample(arbitrarySample(3), { numRuns: 60, seed: 20261121 })) {
      for (const [index, bytes] of writeExamples(sample).entries()) {
        const features = Object.fromEntries(exampleFeatures(sample.leaves, sample.rows[index] ?? []));
        // Without any key the oracle leaves out the whole Features message, which tfds does not.
        if (Object.keys(features).length === 0) continue;
        const expected = await oracle.call('tf.serialize_example', { features });
        // Python's protobuf (upb) puts a longer key before its own prefix, unlike protobuf's other implementations.
        const keys = Object.keys(features);
        if (keys.some((a) => keys.some((b) => a !== b && b.startsWith(a)))) {
          assert.deepEqual(await oracle.call('tf.canonical_example', { record: bytes }), expected);
        } else {
          assert.deepEqual(bytes, expected);
          identical++;
        }
      }
    }
    assert.ok(identical > 50, `only ${identical} examples were compared byte by byte`);
  });
});

describe('the column builder', () => {
  it('makes the same columns from rows and from their tf.Examples', () => {
    fc.assert(
      fc.property(arbitrarySample().map(rounded), (sample) => {
        const { bytes, view, offsets } = encodeRows(sample.leaves, sample.rows);
        const fromRows = createColumnBuilder(sample.leaves);
        fromRows.appendRows(view, bytes, offsets, 0, offsets.length);
        const fromExamples = createColumnBuilder(sample.leaves);
        for (const example of writeExamples(sample)) fromExamples.appendExample(example, 0, example.length);
        assert.deepEqual(fromExamples.finish(), fromRows.finish());
      }),
      { numRuns: 300 },
    );
  });
});
