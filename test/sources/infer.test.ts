import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import type { DatasetsError } from '../../src/core/errors/index.js';
import { csv, csvTypeOf, type FieldFacts, inferFields } from '../../src/sources/index.js';
import { requireOracle } from '../oracle/index.js';
import { packageFolder, readAll, TemporaryFolder } from './read-all.js';

interface PythonColumns {
  readonly rows: number;
  readonly columns: Readonly<
    Record<
      string,
      { readonly type: string; readonly nulls: number; readonly min: string | null; readonly max: string | null }
    >
  >;
}

/** pyarrow's name for a type of ours. */
function arrowName({ type }: FieldFacts): string {
  switch (type.kind) {
    case 'float64':
      return 'double';
    case 'date':
      return 'date32[day]';
    default:
      return type.kind;
  }
}

describe('inferFields', () => {
  let folder: TemporaryFolder;
  before(() => {
    folder = new TemporaryFolder();
  });
  after(() => folder.remove());

  const infer = (name: string) => inferFields(name, { baseDirectory: folder.path });

  async function factsOf(name: string, content: string): Promise<Readonly<Record<string, FieldFacts>>> {
    const facts = await infer(folder.write(name, content));
    return Object.fromEntries(facts.map((field) => [field.name, field]));
  }

  async function failure(work: Promise<unknown>): Promise<DatasetsError> {
    const error: unknown = await work.then(
      () => undefined,
      (caught: unknown) => caught,
    );
    assert.ok(error instanceof Error && 'code' in error, 'an error of this package is thrown');
    return error as DatasetsError;
  }

  describe('finds in CSV what pyarrow finds, shown the whole file', () => {
    const data = `${packageFolder('vega-datasets')}/data`;
    for (const name of readdirSync(data).filter((file) => file.endsWith('.csv') || file.endsWith('.tsv'))) {
      it(`vega-datasets/data/${name}`, async function () {
        const oracle = requireOracle(this);
        const expected = (await oracle.call('sources.column_types', {
          file: `${data}/${name}`,
          delimiter: name.endsWith('.tsv') ? '\t' : ',',
        })) as PythonColumns;
        const facts = await inferFields(`${data}/${name}`);
        assert.deepEqual(
          facts.map((field) => [field.name, field.rows, field.missing]),
          Object.entries(expected.columns).map(([column, { nulls }]) => [column, expected.rows, nulls]),
        );
        for (const field of facts) {
          const { type, min, max } = expected.columns[field.name] ?? { type: 'no column', min: null, max: null };
          const same = type.startsWith('timestamp') ? 'timestamp' : type;
          // pyarrow has a type for times of day; a number that begins with 0 loses it there.
          const digits = type.startsWith('time32') || (field.type.kind === 'string' && type === 'int64');
          assert.equal(arrowName(field), digits ? 'string' : same, field.name);
          if (field.type.kind !== 'int64' && field.type.kind !== 'float64') continue;
          assert.deepEqual([Number(field.minimum), Number(field.maximum)], [Number(min), Number(max)], field.name);
        }
      });
    }
  });

  it('gives columns types by which csv() reads every row', async () => {
    const texts = {
      whole: fc.integer().map(String),
      large: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
      unsigned: fc.bigInt({ min: 2n ** 63n, max: 2n ** 64n - 1n }).map(String),
      huge: fc.bigInt({ min: 2n ** 64n, max: 2n ** 80n }).map(String),
      float: fc.double({ noDefaultInfinity: true, noNaN: true }).map(String),
      bool: fc.constantFrom('true', 'False', 'TRUE'),
      text: fc.string().filter((text) => !text.includes('\r')),
      padded: fc.integer({ min: 0, max: 99 }).map((number) => `0${number}`),
      date: fc.date({ noInvalidDate: true, min: new Date(0) }).map((date) => date.toISOString().slice(0, 10)),
    };
    const column = fc
      .subarray(Object.values(texts), { minLength: 1, maxLength: 2 })
      .chain((kinds) => fc.array(fc.oneof(fc.constant(''), ...kinds), { minLength: 8, maxLength: 8 }));
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
    await fc.assert(
      fc.asyncProperty(fc.array(column, { minLength: 1, maxLength: 6 }), async (columns) => {
        const lines = Array.from({ length: 8 }, (_, row) => columns.map((values) => quoted(values[row] ?? '')).join());
        const file = folder.write('any.csv', `${columns.map((_, index) => `c${index}`).join()}\n${lines.join('\n')}\n`);
        const facts = await infer(file);
        const types = Object.fromEntries(facts.map((field) => [field.name, csvTypeOf(field) ?? 'string']));
        const { elements } = await readAll(csv<Record<string, unknown>>(file, { types }), folder.context);
        for (const [index, values] of columns.entries()) {
          const field = facts[index];
          assert.equal(field?.missing, values.filter((text) => text === '').length);
          const read = elements.map((row) => row[`c${index}`]);
          read.forEach((value, row) => {
            const text = values[row] ?? '';
            if (text === '') assert.equal(value, field?.optional === true ? null : '');
            else if (typeof value === 'bigint') assert.equal(value, BigInt(text));
            else if (typeof value === 'number') assert.equal(value, Number(text));
            else if (typeof value === 'boolean') assert.equal(value, text.toLowerCase() === 'true');
            else assert.equal(value, text);
          });
        }
      }),
      { numRuns: 60 },
    );
  });

  it('looks at the last row too, and says what a column nearly is and where it is not', async () => {
    const rows = Array.from({ length: 30_000 }, (_, row) => `${row},${row % 3},x`);
    const { id, kind } = await factsOf('late.csv', `id,kind,name\n${rows.join('\n')}\nNA,2,y\n`);
    assert.deepEqual(id?.type, { kind: 'string' });
    assert.deepEqual(id?.except, { type: 'int64', values: 30_000, firstOther: 'late.csv line 30002' });
    assert.deepEqual(kind?.type, { kind: 'int64' });
    assert.deepEqual([kind?.minimum, kind?.maximum, kind?.distinct], [0n, 2n, ['0', '1', '2']]);
  });

  it('takes digits after a leading zero for text, and 0 and 1 for integers', async () => {
    const { zip, flag, half } = await factsOf('zip.csv', 'zip,flag,half\n01234,0,0.5\n90210,1,0\n');
    assert.deepEqual([zip?.type.kind, flag?.type.kind, half?.type.kind], ['string', 'int64', 'float64']);
  });

  it('knows days and moments, and no others', async () => {
    const { day, moment, local, mixed, none } = await factsOf(
      'times.csv',
      [
        'day,moment,local,mixed,none',
        '2026-02-28,2026-01-02T03:04:05Z,2026-01-02 03:04,2026-01-02T03:04:05Z,2026-02-30',
        '2024-02-29,2026-01-01T23:00:00.123456-09:30,2026-01-03,2026-01-02 03:04,2026-02-28',
        '',
      ].join('\n'),
    );
    assert.deepEqual(
      [day, moment, local, mixed, none].map((field) => field?.type.kind),
      ['date', 'timestamp', 'timestamp', 'string', 'string'],
    );
    assert.deepEqual([day?.minimum, day?.maximum], ['2024-02-29', '2026-02-28']);
    assert.deepEqual([moment?.minimum, moment?.maximum], ['2026-01-02T03:04:05Z', '2026-01-01T23:00:00.123456-09:30']);
  });

  it('finds in JSON Lines what pyarrow finds', async function () {
    const oracle = requireOracle(this);
    const lines = [
      { id: 1, score: 0.5, whole: '#1.0', name: 'a', ok: true, tags: ['x'], at: { lat: 1.5, lon: 2 }, none: null },
      {
        id: 2 ** 53 - 1,
        score: 2,
        whole: '#2e3',
        name: 'b',
        ok: null,
        tags: [],
        at: { lat: 0.5, lon: null },
        none: null,
      },
      { id: -3, score: 1, whole: '#3.0', name: '', ok: false, tags: ['y', 'z'], at: { lat: 2, lon: 7 }, none: null },
    ].map((line) => JSON.stringify(line).replaceAll(/"#([^"]+)"/g, '$1'));
    const file = folder.write('some.jsonl', `${lines.join('\n')}\n`);
    const expected = (await oracle.call('sources.column_types', { file: folder.file(file) })) as PythonColumns;
    const facts = await infer(file);
    assert.deepEqual(
      Object.entries(expected.columns).map(([name, { type, nulls }]) => [name, type, nulls]),
      [
        ['id', 'int64', 0],
        ['score', 'double', 0],
        ['whole', 'double', 0],
        ['name', 'string', 0],
        ['ok', 'bool', 1],
        ['tags', 'list<item: string>', 0],
        ['at', 'struct<lat: double, lon: int64>', 0],
        ['none', 'null', 3],
      ],
    );
    assert.deepEqual(
      facts.map((field) => [field.name, arrowName(field), field.missing]),
      [
        ['id', 'int64', 0],
        ['score', 'double', 0],
        ['whole', 'double', 0],
        ['name', 'string', 0],
        ['ok', 'bool', 1],
        ['tags', 'list', 0],
        ['at', 'struct', 0],
        ['none', 'null', 3],
      ],
    );
    const [tags, at] = [facts[5]?.type, facts[6]?.type];
    assert.ok(tags?.kind === 'list' && at?.kind === 'struct');
    assert.deepEqual(
      [tags.element.type.kind, tags.element.rows, tags.lengths],
      ['string', 3, { minimum: 0, maximum: 2 }],
    );
    assert.deepEqual(
      at.fields.map(({ name, type, missing }) => [name, type.kind, missing]),
      [
        ['lat', 'float64', 0],
        ['lon', 'int64', 1],
      ],
    );
  });

  it('says of JSON values that no type holds what they are and where', async () => {
    const { a, b } = await factsOf('mixed.jsonl', '{"a":1}\n{"a":"x","b":2}\n{"a":2}\n');
    assert.deepEqual(a?.type, {
      kind: 'unsupported',
      reason: 'its values are 2 integers (first: mixed.jsonl line 1), 1 strings (first: mixed.jsonl line 2)',
    });
    assert.deepEqual([b?.optional, b?.missing], [true, 2]);
    const error = await failure(infer(folder.write('list.jsonl', '{"a":1}\n[1]\n')));
    assert.match(error.message, /^list\.jsonl line 2: no object/);
  });

  it('does not keep the names of an object that is used as a map', async () => {
    const lines = Array.from({ length: 1200 }, (_, row) => `{"by_id":{"k${row}":1}}`);
    const { by_id: map } = await factsOf('map.jsonl', lines.join('\n'));
    assert.equal(map?.type.kind, 'unsupported');
  });

  it('takes the types of Parquet from the schema, and the rest from all of its rows', async function () {
    const oracle = requireOracle(this);
    await oracle.call('sources.write_typed_parquet', { file: folder.file('typed.parquet') });
    const facts = await infer('typed.parquet');
    const short = facts.map(({ name, type, dtype, missing, minimum, maximum }) => [
      name,
      type.kind,
      dtype,
      missing,
      minimum,
      maximum,
    ]);
    const moment = '2026-01-02T03:04:05.678Z';
    assert.deepEqual(short, [
      ['int8', 'int64', 'int8', 0, -1n, 3n],
      ['uint32', 'int64', 'uint32', 0, 0n, 2n ** 32n - 1n],
      ['int64', 'int64', 'int64', 2, -(2n ** 63n), 2n ** 63n - 1n],
      ['uint64', 'uint64', 'uint64', 0, 0n, 2n ** 64n - 1n],
      ['float32', 'float64', 'float32', 0, 0.5, 2],
      ['whole', 'float64', 'float64', 0, 1, 3],
      ['bool', 'bool', undefined, 0, undefined, undefined],
      ['text', 'string', undefined, 0, undefined, undefined],
      ['bytes', 'bytes', undefined, 0, undefined, undefined],
      ['date', 'date', undefined, 0, '2026-01-02', '2026-01-02'],
      ['moment', 'timestamp', undefined, 0, moment, moment],
      ['money', 'string', 'decimal', 0, undefined, undefined],
      ['list', 'list', undefined, 0, undefined, undefined],
      ['struct', 'struct', undefined, 0, undefined, undefined],
      ['map', 'unsupported', undefined, 0, undefined, undefined],
    ]);
    assert.deepEqual(facts[7]?.distinct, ['a', 'b']);
    const [list, struct] = [facts[12]?.type, facts[13]?.type];
    assert.ok(list?.kind === 'list' && struct?.kind === 'struct');
    assert.deepEqual([list.element.dtype, list.lengths], ['int16', { minimum: 2, maximum: 2 }]);
    assert.deepEqual(
      struct.fields.map(({ name, type, dtype }) => [name, type.kind, dtype]),
      [
        ['x', 'int64', 'int32'],
        ['y', 'string', undefined],
      ],
    );
  });

  it('finds in Arrow what it finds in Parquet of the same table', async function () {
    const oracle = requireOracle(this);
    await oracle.call('sources.write_typed_parquet', { file: folder.file('same.parquet') });
    await oracle.call('sources.parquet_to_arrow', {
      source: folder.file('same.parquet'),
      file: folder.file('same.arrow'),
    });
    const named = (facts: readonly FieldFacts[]) => Object.fromEntries(facts.map((field) => [field.name, field]));
    const [parquet, arrow] = [named(await infer('same.parquet')), named(await infer('same.arrow'))];
    assert.deepEqual(Object.keys(arrow), Object.keys(parquet));
    // Parquet's maps are not read.
    assert.equal(arrow['map']?.type.kind, 'list');
    for (const name of Object.keys(parquet).filter((column) => column !== 'map'))
      assert.deepEqual(arrow[name], parquet[name]);
  });

  it('finds in a JSON array what it finds in lines', async () => {
    const rows = Array.from({ length: 50 }, (_, row) => ({
      id: row,
      half: row / 2 + 0.25,
      tags: ['x'],
      note: row % 2 ? null : 'n',
    }));
    folder.write('rows.jsonl', rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    folder.write('rows.json', JSON.stringify(rows));
    assert.deepEqual(await infer('rows.json'), await infer('rows.jsonl'));
  });

  it('refuses files that have other columns, no rows, or another format', async () => {
    folder.write('part-1.csv', 'a,b\n1,2\n');
    folder.write('part-2.csv', 'a,c\n1,2\n');
    assert.match((await failure(infer('part-*.csv'))).message, /^part-2\.csv line 2: the column "[bc]"/);
    assert.match((await failure(infer(folder.write('none.csv', 'a,b\n')))).message, /no rows/);
    assert.equal((await failure(infer(folder.write('a.xlsx', 'PK')))).code, 'UNSUPPORTED');
  });
});
