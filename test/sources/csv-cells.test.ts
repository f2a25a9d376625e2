import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type CsvOptions, type CsvType, csv } from '../../src/sources/index.js';
import { readAll, TemporaryFolder } from './read-all.js';
import { readBothWays, readCells, valuesOf } from './read-cells.js';

/** Fields as files have them, each with types that take most of them. */
const fields: Readonly<Record<CsvType, fc.Arbitrary<string>>> = (() => {
  const integer = fc.oneof(
    fc.integer({ min: -200, max: 300 }).map(String),
    fc.integer().map(String),
    fc.constantFrom('+5', '-0', '007', '4294967295', '2147483648'),
  );
  const wide = fc.oneof(
    integer,
    fc.maxSafeInteger().map(String),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
    fc.constantFrom(
      '9007199254740991',
      '9007199254740992',
      '9007199254740993',
      '-9007199254740993',
      '0000000000000000001',
    ),
  );
  const float = fc.oneof(
    fc.double().map(String),
    fc.double({ noNaN: true }).map((value) => value.toExponential()),
    integer,
    fc.constantFrom('nan', 'Infinity', '-inf', '.5', '5.', '1e3', '-0', '1E-400', '0x1f', '1_0'),
  );
  const text = fc.string({ unit: fc.constantFrom('a', 'é', '𝄞', '"', ',', '\n', ' ', '\\', '1') });
  const bool = fc.constantFrom('0', '1', 'true', 'False', 'yes');
  const types = {
    ...{ int8: integer, int16: integer, int32: integer, uint8: integer, uint16: integer, uint32: integer },
    ...{ int64: wide, uint64: wide, float32: float, float64: float, bool, string: text },
  };
  const nullable = Object.entries(types).map(([type, values]) => [`${type}?`, fc.oneof(fc.constant(''), values)]);
  return { ...types, ...Object.fromEntries(nullable) };
})();

interface Table {
  readonly types: readonly CsvType[];
  readonly rows: readonly (readonly string[])[];
  /** Which fields are quoted though they need not be. */
  readonly quoted: readonly boolean[];
  readonly lineEnd: string;
}

const tables: fc.Arbitrary<Table> = fc
  .array(fc.constantFrom(...(Object.keys(fields) as CsvType[])), { minLength: 1, maxLength: 5 })
  .chain((types) =>
    fc.record({
      types: fc.constant(types),
      rows: fc.array(fc.tuple(...types.map((type) => fields[type])), { maxLength: 12 }),
      quoted: fc.array(fc.boolean(), { minLength: types.length, maxLength: types.length }),
      lineEnd: fc.constantFrom('\n', '\r\n', '\n\n'),
    }),
  );

function fieldText(value: string, quoted: boolean): string {
  return quoted || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

function textOf({ rows, quoted, lineEnd }: Table): string {
  return rows.map((row) => `${row.map((value, i) => fieldText(value, quoted[i] === true)).join()}${lineEnd}`).join('');
}

describe('cells of CSV', () => {
  let folder: TemporaryFolder;
  before(() => {
    folder = new TemporaryFolder();
  });
  after(() => folder.remove());

  const outcomes = (content: string, options: CsvOptions, columns: readonly string[]) =>
    readBothWays(csv<Record<string, unknown>>(folder.write('table.csv', content), options), columns, folder.context);

  it('are the values of the elements, or fail as these do, whatever stands in the fields', async () => {
    let [asCells, all] = [0, 0];
    await fc.assert(
      fc.asyncProperty(tables, async (table) => {
        const names = table.types.map((_, i) => `c${i}`);
        const types = Object.fromEntries(names.map((name, i) => [name, table.types[i] as CsvType]));
        // Of the last column only the type counts: it is checked though nobody asked for it.
        const columns = names.slice(0, Math.max(1, names.length - 1));
        const { elements, content, cells } = await outcomes(textOf(table), { header: names, types }, columns);
        assert.deepEqual(content, elements);
        asCells += cells;
        all += 'rows' in elements ? elements.rows.length : 0;
      }),
      { numRuns: 400, seed: 5 },
    );
    // Integers beyond 2^53 and the like send a whole chunk the other way; these files are such a chunk each.
    assert.ok(asCells > all / 2, `${asCells} of ${all} rows came as cells`);
  });

  it('come from every chunk behind the one that has the header', async () => {
    const lines = Array.from({ length: 9000 }, (_, i) => `${i},"name ""${i}""",${i / 7},${i % 2}`);
    const content = `id,name,score,flag\n${lines.join('\n')}\n`;
    const types = { id: 'int64', score: 'float64', flag: 'bool' } as const;
    const { elements, content: read, cells } = await outcomes(content, { types }, ['name', 'id', 'score', 'flag']);
    assert.deepEqual(read, elements);
    assert.ok(cells > 9000 - 4000, `${cells} cells`);
  });

  it('leave out the malformed rows that elements leave out', async () => {
    const lines = Array.from({ length: 500 }, (_, i) => (i % 50 === 7 ? `${i},not "quoted` : `${i},n${i}`));
    const source = csv(folder.write('bad.csv', `id,name\n${lines.join('\n')}\n`), {
      types: { id: 'int32' },
      rangeBytes: 1000,
      maxBadRows: { rows: 20 },
    });
    const bad: string[] = [];
    const context = {
      ...folder.context,
      onBadRow: (row: { readonly raw: string | Uint8Array }) => bad.push(`${row.raw}`),
    };
    const elements = await readAll<object>(source, context);
    const first = bad.splice(0);
    const { rows, cells } = await readCells(source as never, ['id', 'name'], context);
    assert.deepEqual(
      rows,
      elements.elements.map((element) => valuesOf(element, ['id', 'name'])),
    );
    assert.deepEqual(bad, first);
    assert.equal(bad.length, 10);
    assert.ok(cells > 0);
  });
});
