import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type AnyFeature,
  applyPrivacy,
  classLabel,
  createDecoder,
  createRowEncoder,
  dataset,
  drop,
  features,
  finishRow,
  leavesOf,
  mask,
  optional,
  pseudonymise,
  RowArena,
  record,
  rowHeaderBytes,
  rowWords,
  scalar,
  secretsOfEnvironment,
  sequence,
  tensor,
  text,
} from '../../src/features/index.js';
import { createColumnBuilder } from '../../src/formats/index.js';
import { comparable } from './feature-cases.js';
import { decodeExamples, decodeRows, encodeRows, examplesOf } from './round-trip.js';

/** A feature with a source of values for it; outputs are `comparable` to inputs. */
interface Arbitrary {
  readonly feature: AnyFeature;
  readonly values: fc.Arbitrary<unknown>;
}

const leaf: fc.Arbitrary<Arbitrary> = fc.constantFrom<Arbitrary>(
  { feature: scalar('bool'), values: fc.boolean() },
  { feature: scalar('int8'), values: fc.integer({ min: -128, max: 127 }) },
  { feature: scalar('uint32'), values: fc.integer({ min: 0, max: 2 ** 32 - 1 }) },
  { feature: scalar('int64'), values: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) },
  { feature: scalar('uint64'), values: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) },
  { feature: scalar('float32'), values: fc.float() },
  { feature: scalar('bytes'), values: fc.uint8Array({ maxLength: 200 }) },
  { feature: text(), values: fc.string({ unit: 'binary', maxLength: 80 }) },
  { feature: classLabel({ count: 300 }), values: fc.integer({ min: -1, max: 299 }) },
  {
    feature: tensor({ dtype: 'int16', shape: [3] }),
    values: fc.array(fc.integer({ min: -32768, max: 32767 }), { minLength: 3, maxLength: 3 }),
  },
  {
    feature: tensor({ dtype: 'string', shape: [2] }),
    values: fc.array(fc.string({ maxLength: 5 }), { minLength: 2, maxLength: 2 }),
  },
);

const nest = (depth: number): fc.Arbitrary<Arbitrary> => {
  if (depth === 0) return leaf;
  const inner = nest(depth - 1);
  return fc.oneof(
    leaf,
    inner.map(({ feature, values }) => ({ feature: sequence(feature), values: fc.array(values, { maxLength: 4 }) })),
    inner.map(({ feature, values }) => ({ feature: dataset(feature), values: fc.array(values, { maxLength: 4 }) })),
    inner
      .filter(({ feature }) => feature.kind !== 'optional')
      .map(({ feature, values }) => ({ feature: optional(feature), values: fc.option(values, { nil: null }) })),
    fc
      .uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'a.b', 'Z', 'é', 'ab'), inner), {
        minLength: 1,
        maxLength: 4,
        selector: ([name]) => name,
      })
      .map((fields) => ({
        feature: record(Object.fromEntries(fields.map(([name, { feature }]) => [name, feature]))),
        values: fc.record(Object.fromEntries(fields.map(([name, { values }]) => [name, values]))),
      })),
  );
};

describe('rows', () => {
  it('keep examples of any schema, and tell the size of their tf.Example', () => {
    const anySchema = nest(3).chain(({ feature, values }) =>
      fc.record({ feature: fc.constant(feature), examples: fc.array(values, { minLength: 1, maxLength: 5 }) }),
    );
    fc.assert(
      fc.property(anySchema, ({ feature, examples }) => {
        const schema = features({ value: feature, last: scalar('int32') });
        const rows = encodeRows(
          schema,
          examples.map((value, last) => ({ value, last })),
        );
        const expected = examples.map((value, last) => comparable({ value, last }));
        assert.deepEqual(decodeRows(schema, rows).map(comparable), expected);
        // examplesOf fails where the size that the row tells is not the one of what is written.
        assert.deepEqual(decodeExamples(schema, examplesOf(schema, rows)).map(comparable), expected);
      }),
      { numRuns: 300 },
    );
  });

  it('have their key at the end, found from the row alone', () => {
    const encoder = createRowEncoder(features({ name: text() }));
    const keys = [
      '',
      'k',
      'key 12',
      'schlüssel',
      'x'.repeat(100),
      0,
      7,
      1234567890,
      2 ** 40,
      -5,
      12345678901234567890n,
      Uint8Array.of(0, 255),
    ];
    const arena = new RowArena(8);
    const starts = keys.map((key, ordinal) => {
      const start = arena.position;
      encoder.encode({ name: 'x'.repeat(ordinal) }, arena);
      assert.equal(finishRow(arena, start, ordinal, key), bytesOf(key).length);
      return start;
    });
    for (const [ordinal, key] of keys.entries()) {
      const start = starts[ordinal] ?? 0;
      const word = (index: number) => arena.view.getUint32(start + 4 * index, true);
      const end = start + word(rowWords.rowBytes);
      assert.equal(end, starts[ordinal + 1] ?? arena.position);
      assert.equal(word(rowWords.ordinal), ordinal);
      const keyStart = end - ((word(rowWords.keyBytes) + 3) & ~3);
      assert.deepEqual(Buffer.from(arena.bytes.subarray(keyStart, keyStart + word(rowWords.keyBytes))), bytesOf(key));
      assert.equal(arena.view.getUint32(start + rowHeaderBytes, true), ordinal, 'the length of the name');
    }
  });

  it("are the same whatever the order of an example's fields, and of how many examples before", () => {
    const schema = features({
      b: scalar('int8'),
      a: optional(text()),
      c: record({ y: scalar('bool'), x: scalar('float32') }),
    });
    const encoder = createRowEncoder(schema);
    const variants = [
      { b: 1, c: { x: 0.5, y: true } },
      { c: { y: true, x: 0.5 }, b: 1 },
      { a: undefined, b: 1, c: { x: 0.5, y: true } },
      { c: { x: 0.5, y: true }, a: null, b: 1 },
    ];
    const encoded = (example: (typeof variants)[number]) => {
      const arena = new RowArena(256);
      encoder.encode(example, arena);
      return arena.bytes.slice(rowHeaderBytes, arena.position);
    };
    const expected = encoded({ b: 1, c: { x: 0.5, y: true } });
    // More changes of order than the encoder learns.
    for (let round = 0; round < 50; round++) {
      for (const example of variants) assert.deepEqual(encoded(example), expected);
    }
  });

  it('take examples that are instances of a class', () => {
    class Example {
      readonly name = 'x';
      get unrelated(): string {
        return 'not a field';
      }
    }
    const schema = features({ name: text() });
    assert.deepEqual(decodeRows(schema, encodeRows(schema, [new Example()])), [{ name: 'x' }]);
  });

  it('take a generator for a nested data set', () => {
    const schema = features({ steps: dataset(scalar('int8')) });
    const numbers = function* () {
      yield 1;
      yield 2;
    };
    assert.deepEqual(decodeRows(schema, encodeRows(schema, [{ steps: numbers() }])), [{ steps: [1, 2] }]);
  });

  it('are decoded into plain objects of their own, in the order of declaration', () => {
    const schema = features({ z: scalar('int8'), a: tensor({ dtype: 'int8', shape: [2] }) });
    const { arena, starts } = encodeRows(schema, [{ z: 1, a: [1, 2] }]);
    const builder = createColumnBuilder(leavesOf(schema));
    builder.appendRows(arena.view, arena.bytes, starts, 0, 1);
    const batch = builder.finish();
    const example = createDecoder(schema).rows(batch).get(0);
    assert.deepEqual(Object.keys(example), ['z', 'a']);
    for (const column of batch.columns) {
      if (column.values.kind === 'numeric') (column.values.data as Int8Array).fill(9);
    }
    assert.deepEqual(example, { z: 1, a: { data: Int8Array.of(1, 2), shape: [2] } });
  });

  it('decode short texts right, common ones and unique ones', () => {
    const schema = features({ t: text() });
    const texts = Array.from({ length: 20_000 }, (_, index) =>
      index % 3 === 0 ? `code ${index % 50}` : index % 3 === 1 ? `unique ${index}` : `ü${index % 7}`,
    );
    assert.deepEqual(
      decodeRows(
        schema,
        encodeRows(
          schema,
          texts.map((t) => ({ t })),
        ),
      ),
      texts.map((t) => ({ t })),
    );
  });
});

describe('rows of private features', () => {
  const schema = features({
    id: text({ pii: 'id' }),
    number: scalar('int64', { pii: 'id' }),
    tags: sequence(text({ pii: 'tag' })),
    note: optional(text({ pii: 'note' })),
    face: optional(scalar('bytes', { pii: 'face' })),
    plain: scalar('bool'),
  });
  const stored = applyPrivacy(
    schema,
    {
      id: pseudonymise('hmac-sha256', 'env:KEY'),
      tag: mask('#'),
      note: mask(),
      face: drop(),
    },
    secretsOfEnvironment({ KEY: 'topsecret' }),
  );
  const example = { id: 'ann', number: 41n, tags: ['a', 'b'], note: null, face: Uint8Array.of(1), plain: true };

  it('hold what the policies say, of the examples that the author writes', () => {
    const [decoded] = decodeRows(stored, encodeRows(stored, [example])) as Record<string, unknown>[];
    assert.deepEqual(Object.keys(decoded ?? {}), ['id', 'number', 'tags', 'note', 'plain']);
    // By `printf ann | openssl dgst -sha256 -hmac topsecret`, and the same for 41.
    assert.equal(decoded?.['id'], '6de4b406ba2bbf2bc52857b79de551a5f2f6831bb692d1232b35d3d8b5bcf861');
    assert.equal(decoded?.['number'], 'ceaa69e65dec85d8cdf8acced382f8de0328c4d98484ef2f82fb058fc306281d');
    assert.deepEqual(decoded?.['tags'], ['#', '#']);
    assert.equal(decoded?.['note'], null);
    const bytes = new TextEncoder().encode('ann');
    const [other] = decodeRows(
      stored,
      encodeRows(stored, [{ ...example, id: bytes, number: 41, note: 'x' }]),
    ) as Record<string, unknown>[];
    assert.equal(other?.['number'], decoded?.['number'], '41 and 41n are the same');
    assert.equal(other?.['id'], decoded?.['id'], 'text and its UTF-8 bytes are the same');
    assert.equal(other?.['note'], '***');
  });

  it('refuse examples that lack what is dropped, unless it is optional, and show no value', () => {
    const { face, ...without } = example;
    assert.equal(decodeRows(stored, encodeRows(stored, [without])).length, 1);
    assert.ok(face);
    const dropped = applyPrivacy(features({ id: text({ pii: 'id' }) }), { id: drop() }, () => '');
    assert.throws(() => encodeRows(dropped, [{}]), { code: 'EXAMPLE_INVALID', message: /^id: .*got nothing/ });
    for (const bad of [{ id: 12345 }, { number: 12345.5 }, { tags: ['ok', 12345] }, { note: 12345 }]) {
      assert.throws(
        () => encodeRows(stored, [{ ...example, ...bad }]),
        (error: Error) => /not shown/.test(error.message) && !error.message.includes('12345'),
      );
    }
  });
});

function bytesOf(key: string | number | bigint | Uint8Array): Buffer {
  return typeof key === 'object' ? Buffer.from(key) : Buffer.from(String(key));
}
