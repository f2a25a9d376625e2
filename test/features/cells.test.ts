import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type AnyFeature,
  applyPrivacy,
  type CellBatch,
  CellColumn,
  cellTags,
  classLabel,
  createCellEncoder,
  createRowEncoder,
  drop,
  features,
  image,
  leavesOf,
  mask,
  optional,
  RowArena,
  scalar,
  sequence,
  text,
} from '../../src/features/index.js';

type Cell = number | bigint | string | boolean | null | undefined;

const cells: fc.Arbitrary<Cell> = fc.oneof(
  fc.integer({ min: -300, max: 70_000 }),
  fc.maxSafeInteger(),
  fc.double(),
  fc.maxSafeInteger().map(BigInt),
  fc.string({ unit: 'grapheme', maxLength: 150 }),
  fc.constantFrom('first', 'second'),
  fc.boolean(),
  fc.constant(null),
  fc.constant(undefined),
);

const scalars = (
  [
    'bool',
    'int8',
    'int16',
    'int32',
    'int64',
    'uint8',
    'uint16',
    'uint32',
    'uint64',
    'float32',
    'float64',
    'float16',
    'string',
  ] as const
).map((dtype): AnyFeature => scalar(dtype));

/** What is left out must be given all the same, if it is not optional. */
const policies = { out: drop(), hidden: mask('#') };

const ownFeatures: readonly AnyFeature[] = [
  ...scalars,
  ...scalars.map((feature) => optional(feature)),
  text(),
  optional(text()),
  scalar('bytes'),
  scalar('int32', { range: [-5, 100] }),
  scalar('float32', { range: [0, 1] }),
  scalar('int64', { range: [0, 2 ** 40] }),
  classLabel({ names: ['first', 'second'] }),
  optional(classLabel({ count: 10 })),
  sequence(scalar('int32')),
  text({ pii: 'out' }),
  optional(text({ pii: 'out' })),
  text({ pii: 'hidden' }),
  optional(text({ pii: 'hidden' })),
  optional(sequence(text())),
];

/** A batch of one row; texts by turns in its bytes and in its side. */
function batchOf(row: readonly Cell[]): CellBatch {
  const texts = { bytes: [Buffer.from('..')], side: [Buffer.from('.')] };
  const lengthOf = (parts: readonly Buffer[]) => parts.reduce((sum, part) => sum + part.length, 0);
  const columns = row.map((cell, i) => {
    const column = new CellColumn();
    if (typeof cell === 'string') {
      const place = i % 2 === 0 ? 'bytes' : 'side';
      column.starts[0] = lengthOf(texts[place]);
      texts[place].push(Buffer.from(cell));
      column.ends[0] = lengthOf(texts[place]);
      column.tags[0] = place === 'bytes' ? cellTags.text : cellTags.sideText;
    } else if (typeof cell === 'boolean') column.tags[0] = cell ? cellTags.true : cellTags.false;
    else if (cell === null) column.tags[0] = cellTags.null;
    else if (cell === undefined) column.tags[0] = cellTags.missing;
    else {
      column.tags[0] = typeof cell === 'bigint' ? cellTags.wide : cellTags.number;
      column.numbers[0] = Number(cell);
    }
    return column;
  });
  return { rows: 1, columns, bytes: Buffer.concat(texts.bytes), side: Buffer.concat(texts.side) };
}

describe('the encoder of cells', () => {
  it('writes the rows that the encoder of objects writes, and refuses those that it refuses', () => {
    let taken = 0;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...ownFeatures), cells), { minLength: 1, maxLength: 3 }),
        (fields) => {
          const names = fields.map((_, i) => `${'zyxwvu'[i]}${i}`);
          const declared = features(Object.fromEntries(names.map((name, i) => [name, fields[i]?.[0] as AnyFeature])));
          const schema = applyPrivacy(declared, policies, () => '');
          const example = Object.fromEntries(names.map((name, i) => [name, fields[i]?.[1]]));
          const expected = new RowArena(16);
          let refused = false;
          try {
            createRowEncoder(schema).encode(example as never, expected);
          } catch {
            refused = true;
          }
          const encoder = createCellEncoder(schema);
          assert.ok(encoder !== undefined);
          const arena = new RowArena(16);
          const batch = batchOf(encoder.fields.map((name) => example[name] as Cell));
          assert.equal(encoder.encode(batch, batch.columns, 0, arena), !refused);
          if (refused) return assert.equal(arena.position, 0);
          // Size of the tf.Example and leaves; the rest of the header comes with the key.
          const written = ({ bytes, position }: RowArena) => [bytes.subarray(20, 24), bytes.subarray(32, position)];
          assert.deepEqual(written(arena), written(expected));
          taken++;
        },
      ),
      { numRuns: 3000, seed: 11 },
    );
    assert.ok(taken > 200, `${taken} rows were taken`);
  });

  it('takes fields in the order of their leaves, whatever the order of the declaration', () => {
    const schema = features({ b: text(), a: scalar('int32'), C: scalar('bool') });
    assert.deepEqual(
      createCellEncoder(schema)?.fields,
      leavesOf(schema).map(({ key }) => key),
    );
  });

  it('is none for images that are encoded when they come', () => {
    assert.equal(createCellEncoder(features({ photo: image({ encoding: 'jpeg' }) })), undefined);
  });
});
