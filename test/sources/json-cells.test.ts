import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type JsonlOptions, jsonl } from '../../src/sources/index.js';
import { readAll, TemporaryFolder } from './read-all.js';
import { readBothWays, readCells, valuesOf } from './read-cells.js';

/** Texts of values as files have them: some are written as no program of ours writes them. */
const strings = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => JSON.stringify(text)),
  fc.string({ unit: 'grapheme', maxLength: 6 }).map((text) => JSON.stringify(text).replace(/[^\0-\x7f]/g, escaped)),
  fc.constantFrom(
    '"\\u00e9\\u0000"',
    '"\\ud834\\udd1e"',
    '"\\/\\b\\f\\n\\r\\t\\"\\\\"',
    '"\\\\"',
    '""',
    '"a\\u000A"',
    '"\\uD834\\uDD1E!"',
  ),
);
const numbers = fc.oneof(
  fc.integer().map(String),
  fc.maxSafeInteger().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.constantFrom(
    '-0',
    '0',
    '-0.0',
    '1E5',
    '1e-7',
    '1.50',
    '9007199254740991',
    '1e300',
    '12345678901234567890.5',
    '1e999',
    '-1e-400',
    '0.1234567890123456789012345678901234567890',
  ),
);
const words = fc.constantFrom('null', 'true', 'false');
/** What sends a chunk the other way, or is an error. */
const oddities = fc.constantFrom(
  '9007199254740993',
  '-12345678901234567890',
  '"\\ud834"',
  '"\\udd1e\\ud834"',
  '[1,2]',
  '{}',
  '{"a":1}',
  '01',
  '+1',
  '.5',
  '5.',
  '1e',
  '-',
  'nul',
  'True',
  '"\\x"',
  '"\\u12"',
  '"a\tb"',
  '"',
  '"open',
  '',
  ' 1',
  'NaN',
  '1 ',
);
const values = fc.oneof(
  { weight: 60, arbitrary: strings },
  { weight: 60, arbitrary: numbers },
  { weight: 20, arbitrary: words },
  { weight: 1, arbitrary: oddities },
);

const flatValues = fc.oneof(
  { weight: 100, arbitrary: fc.oneof(strings, numbers, words) },
  { weight: 1, arbitrary: oddities },
);

function escaped(characters: string): string {
  return Array.from(
    { length: characters.length },
    (_, i) => `\\u${characters.charCodeAt(i).toString(16).padStart(4, '0')}`,
  ).join('');
}

interface Table {
  readonly names: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What stands before a value, and between it and the next name. */
  readonly spaces: readonly [string, string];
  readonly lineEnd: string;
  /** A row that is written in another way than the rest, and how. */
  readonly oddRow: number;
  readonly oddity: 'none' | 'swapped' | 'lacking' | 'more' | 'twice' | 'space' | 'blank';
}

const tables: fc.Arbitrary<Table> = fc
  .uniqueArray(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 6 }),
      fc.constantFrom('a', 'b', '__proto__', '7', '"', '\\', '\n'),
    ),
    { minLength: 1, maxLength: 5 },
  )
  .chain((names) =>
    fc.record({
      names: fc.constant(names),
      rows: fc.array(fc.tuple(...names.map(() => values)), { minLength: 1, maxLength: 10 }),
      spaces: fc.constantFrom(['', ''] as const, [' ', ' '] as const, ['\t', ''] as const),
      lineEnd: fc.constantFrom('\n', '\r\n', '\n\n', '\n \n'),
      oddRow: fc.nat(12),
      oddity: fc.oneof(
        { weight: 12, arbitrary: fc.constant('none' as const) },
        fc.constantFrom(
          'swapped' as const,
          'lacking' as const,
          'more' as const,
          'twice' as const,
          'space' as const,
          'blank' as const,
        ),
      ),
    }),
  );

function textOf({ names, rows, spaces: [before, between], lineEnd, oddRow, oddity }: Table): string {
  const lines = rows.map((row, index) => {
    const members = names.map((name, i) => `${JSON.stringify(name)}:${before}${row[i]}`);
    if (index === oddRow) {
      if (oddity === 'swapped') members.reverse();
      if (oddity === 'lacking') members.pop();
      if (oddity === 'more') members.push('"more":1');
      if (oddity === 'twice') members.push(`${JSON.stringify(names[0])}:1`);
      if (oddity === 'space') members.push(` ${members.pop()} `);
      if (oddity === 'blank') members.splice(0);
    }
    return `{${members.join(`,${between}`)}}`;
  });
  return lines.join(lineEnd) + lineEnd;
}

/** Objects and arrays; few are malformed. */
const nestedValues = fc.oneof(
  {
    weight: 60,
    arbitrary: fc.tuple(fc.json({ maxDepth: 3 }), fc.constantFrom(0, 1)).map(([text, spaces]) =>
      // JSON.stringify breaks lines; the property wants none.
      JSON.stringify([JSON.parse(text)], null, spaces).replaceAll('\n', ' '),
    ),
  },
  {
    weight: 30,
    arbitrary: fc
      .dictionary(fc.string({ unit: 'grapheme', maxLength: 4 }), fc.json({ maxDepth: 1 }))
      .map((record) => JSON.stringify(record)),
  },
  { weight: 20, arbitrary: fc.constantFrom('[]', '{}', '[ ]', '{ \t}') },
  { weight: 1, arbitrary: oddities.map((value) => `[${value}]`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      `${'['.repeat(70)}1${']'.repeat(70)}`,
      '[',
      '{',
      '[1,]',
      '[,]',
      '{"a"}',
      '{"a":}',
      '{"a":1,}',
      '{a:1}',
      '[1}',
      '{"a":1]',
      ']',
    ),
  },
);

const sparseNames = ['id', 'name', 'é"\\', 'id2', 'n', 'constructor', 'late', '7'];

interface SparseTable {
  readonly columns: readonly string[];
  readonly lines: readonly string[];
  readonly lineEnd: string;
}

/** Lines that have some of the same names, mostly in the same order. */
const sparseTables: fc.Arbitrary<SparseTable> = fc
  .record({
    names: fc.shuffledSubarray(sparseNames, { minLength: 1 }),
    asked: fc.nat({ max: 3 }),
    spaces: fc.constantFrom(['', '', ''] as const, [' ', ' ', ''] as const, ['', '\t', ' '] as const),
    lineEnd: fc.constantFrom('\n', '\r\n'),
  })
  .chain(({ names, asked, spaces: [before, between, around], lineEnd }) => {
    const columns = [...names.slice(0, asked), ...(asked === 3 ? ['never'] : [])];
    const member = (name: string) => {
      const value = columns.includes(name)
        ? { weight: 100, arbitrary: flatValues }
        : { weight: 1, arbitrary: nestedValues };
      return fc
        .oneof(value, { weight: 1, arbitrary: fc.oneof(flatValues, nestedValues) })
        .map((text) => `${JSON.stringify(name)}:${before}${text}`);
    };
    const object = (members: fc.Arbitrary<readonly string[]>) =>
      members
        .chain((chosen) => fc.tuple(...chosen.map(member)))
        .map((texts) => (texts.length === 0 ? '{}' : `{${around}${texts.join(`,${between}`)}${around}}`));
    const line = fc.oneof(
      { weight: 200, arbitrary: object(fc.subarray([...names])) },
      { weight: 1, arbitrary: object(fc.shuffledSubarray([...names])) },
      { weight: 1, arbitrary: object(fc.constantFrom([...names, ...names.slice(0, 1)])) },
      { weight: 1, arbitrary: object(fc.constant(['extra', ...names])) },
      { weight: 1, arbitrary: object(fc.subarray([...names])).map((text) => text.replace(',', ' , ')) },
      { weight: 1, arbitrary: object(fc.subarray([...names])).map((text) => text.replace(/[,:]/, '')) },
      { weight: 1, arbitrary: fc.constantFrom('', ' ', '{', '}', '{ }', '[]', '1', '{,}', '{"id":1{"name":2}') },
    );
    return fc.record({
      columns: fc.constant(columns),
      lines: fc.array(line, { minLength: 1, maxLength: 12 }),
      lineEnd: fc.constant(lineEnd),
    });
  });

describe('cells of JSON Lines', () => {
  let folder: TemporaryFolder;
  before(() => {
    folder = new TemporaryFolder();
  });
  after(() => folder.remove());

  const outcomes = (content: string | Uint8Array, columns: readonly string[], options: JsonlOptions = {}) =>
    readBothWays(jsonl<object>(folder.write('table.jsonl', content), options), columns, folder.context);

  it('are the values of the elements, or fail as these do, however they are written', async () => {
    let [asCells, all] = [0, 0];
    await fc.assert(
      fc.asyncProperty(tables, fc.constantFrom('refuse' as const, 'bigint' as const), async (table, unsafeIntegers) => {
        // The last one is checked though nobody asked for it.
        const columns = table.names.slice(0, Math.max(1, table.names.length - 1)).reverse();
        const { elements, content, cells } = await outcomes(textOf(table), columns, { unsafeIntegers });
        assert.deepEqual(content, elements);
        asCells += cells;
        all += 'rows' in elements ? elements.rows.length : 0;
      }),
      { numRuns: 300, seed: 5 },
    );
    // What has no cell sends a whole chunk the other way; these files are such a chunk each.
    assert.ok(asCells > all / 2, `${asCells} of ${all} rows came as cells`);
  });

  const rowsOf = (count: number, textOf: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => `${textOf(i)}\n`).join('');

  it('come from every chunk of a file, from its first line on', async () => {
    const content = rowsOf(6000, (i) => JSON.stringify({ id: i, name: `"né" ${i}`, score: i / 7, flag: i % 2 === 0 }));
    const { elements, content: read, cells } = await outcomes(content, ['name', 'id', 'score', 'flag']);
    assert.deepEqual(read, elements);
    assert.equal(cells, 6000);
  });

  it('come from all chunks but those with a line that is written in another way', async () => {
    const content = rowsOf(9000, (i) => (i === 4000 ? `{"id": ${i}, "name": null}` : `{"id":${i},"name":"n${i}"}`));
    const { elements, content: read, cells } = await outcomes(content, ['id', 'name']);
    assert.deepEqual(read, elements);
    assert.ok(cells >= 9000 - 4000 && cells < 9000, `${cells} cells`);
  });

  it('are given up in a file whose lines have their names now in this order, now in that', async () => {
    const text = 'x'.repeat(100);
    const line = (i: number) => JSON.stringify(i % 2 === 0 ? { id: i, text } : { text, id: i });
    const { elements, content, cells } = await outcomes(rowsOf(10_000, line), ['id']);
    assert.deepEqual(content, elements);
    assert.equal(cells, 0);
  });

  it('are the values of lines that leave properties out, or fail as these do, whatever else is in them', async () => {
    let [asCells, all] = [0, 0];
    await fc.assert(
      fc.asyncProperty(sparseTables, async ({ columns, lines, lineEnd }) => {
        const { elements, content, cells } = await outcomes(lines.join(lineEnd) + lineEnd, columns);
        assert.deepEqual(content, elements);
        asCells += cells;
        all += 'rows' in elements ? elements.rows.length : 0;
      }),
      { numRuns: 600, seed: 7 },
    );
    assert.ok(asCells > all / 2, `${asCells} of ${all} rows came as cells`);
  });

  it('come from every line of a file whose lines leave properties out, also those that no line before had', async () => {
    const line = (i: number) => {
      const names = ['id', 'a', 'b', 'c', 'd', 'e'].filter((_, k) => k === 0 || ((i * 7919) >> k) % 3 !== 0);
      return JSON.stringify(Object.fromEntries(names.map((name) => [name, `${name}${i}`])));
    };
    const { elements, content, cells } = await outcomes(rowsOf(9000, line), ['e', 'id', 'c', 'never']);
    assert.deepEqual(content, elements);
    assert.equal(cells, 9000);
  });

  it('are there for values within others where nobody asked for these', async () => {
    const line = (i: number) =>
      JSON.stringify({ id: i, tags: ['a"]}', { b: [] }, i], box: { x: { '}"': null, y: i / 3 } }, name: `n${i}` });
    const { elements, content, cells } = await outcomes(rowsOf(3000, line), ['id', 'name']);
    assert.deepEqual(content, elements);
    assert.equal(cells, 3000);
    const asked = await outcomes(rowsOf(3000, line), ['id', 'box']);
    assert.deepEqual(asked.content, asked.elements);
    assert.equal(asked.cells, 0);
  });

  for (const broken of [
    '[1,]',
    '{"a" 1}',
    '{"a":1,}',
    '["\\x"]',
    '[1}',
    '[01]',
    '[1 22]',
    '[12345678901234567890]',
    '[["a\tb"]]',
    '{1:2}',
  ]) {
    it(`report what is wrong in a value that nobody asked for: ${broken}`, async () => {
      const content = rowsOf(50, (i) => `{"id":${i},"more":${i === 40 ? broken : '[{}]'}}`);
      const { elements, content: read } = await outcomes(content, ['id']);
      assert.deepEqual(read, elements);
      assert.match(JSON.stringify(read), /failure.*line 41, column/);
    });
  }

  it('lack no property that every object has', async () => {
    for (const first of ['{"id":0,"constructor":1}', '{"id":0}']) {
      const { elements, content } = await outcomes(`${first}\n{"id":1}\n`, ['id', 'constructor']);
      assert.deepEqual(content, elements);
    }
  });

  it('are not learnt of more than 256 names, and no worse for it', async () => {
    const line = (i: number) => JSON.stringify({ id: i, [`n${i % 300}`]: i, [`n${(i % 300) + 300}`]: i });
    const { elements, content } = await outcomes(rowsOf(2000, line), ['id', 'n7', 'n299', 'n599']);
    assert.deepEqual(content, elements);
  });

  for (const [what, content] of [
    ['are no objects', '1\n2\n'],
    ['hold arrays', '{"a":[1]}\n{"a":[2]}\n'],
    ['are empty objects', '{}\n{}\n'],
    ['are not UTF-8', Buffer.from('{"a":"\xff"}\n{"a":"b"}\n', 'latin1')],
    ['name a property twice', '{"a":1,"a":2}\n{"a":1,"a":3}\n'],
    ['are no JSON', '{"a":1\n{"a":2}\n'],
    ['are none', '\n \n'],
  ] as const) {
    it(`are none where lines ${what}`, async () => {
      const { elements, content: read, cells } = await outcomes(content, ['a']);
      assert.deepEqual(read, elements);
      assert.equal(cells, 0);
    });
  }

  it('leave out the malformed lines that elements leave out', async () => {
    const content = rowsOf(500, (i) => (i % 50 === 7 ? `{"id":${i},"name":` : `{"id":${i},"name":"n${i}"}`));
    const source = jsonl<object>(folder.write('bad.jsonl', content), { rangeBytes: 1000, maxBadRows: { rows: 20 } });
    const bad: string[] = [];
    const context = {
      ...folder.context,
      onBadRow: (row: { readonly raw: string | Uint8Array }) => bad.push(`${row.raw}`),
    };
    const elements = await readAll(source, context);
    const first = bad.splice(0);
    const { rows, cells } = await readCells(source, ['id', 'name'], context);
    assert.deepEqual(
      rows,
      elements.elements.map((element) => valuesOf(element, ['id', 'name'])),
    );
    assert.deepEqual(bad, first);
    assert.equal(bad.length, 10);
    assert.ok(cells > 0);
  });
});
