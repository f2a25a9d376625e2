import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import type { DatasetsError } from '../../src/core/errors/index.js';
import { type CsvOptions, csv, npmFile } from '../../src/sources/index.js';
import { requireOracle } from '../oracle/index.js';
import { packageFolder, readAll, TemporaryFolder } from './read-all.js';

interface PythonTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

describe('csv', () => {
  let folder: TemporaryFolder;
  before(() => {
    folder = new TemporaryFolder();
  });
  after(() => folder.remove());

  async function failure(content: string | Uint8Array, options: CsvOptions = {}): Promise<DatasetsError> {
    const source = csv(folder.write('bad.csv', content), options);
    let error: unknown;
    await readAll(source, folder.context).catch((caught: unknown) => {
      error = caught;
    });
    assert.ok(error instanceof Error && 'code' in error, 'an error of this package is thrown');
    return error as DatasetsError;
  }

  describe('reads what Python reads', () => {
    const data = `${packageFolder('vega-datasets')}/data`;
    for (const name of readdirSync(data).filter((file) => file.endsWith('.csv') || file.endsWith('.tsv'))) {
      it(`from vega-datasets/data/${name}, whole and in pieces`, async function () {
        const delimiter = name.endsWith('.tsv') ? '\t' : ',';
        const oracle = requireOracle(this);
        const table = (await oracle.call('sources.csv_rows', {
          file: `${data}/${name}`,
          options: { delimiter },
        })) as PythonTable;
        for (const rangeBytes of [64 << 20, 5000]) {
          const { elements, shards } = await readAll(
            csv(npmFile('vega-datasets', `data/${name}`), { delimiter, rangeBytes }),
          );
          assert.ok(elements.every((row) => Object.keys(row).join('\n') === table.header.join('\n')));
          assert.deepEqual(
            elements.map((row) => Object.values(row)),
            table.rows,
          );
          if (rangeBytes === 5000 && table.rows.length > 1000) assert.ok(shards.length > 1);
        }
      });
    }

    it('when Python wrote every dialect that it has', async function () {
      const oracle = requireOracle(this);
      const rows = [
        ['a', 'b "quoted"', 'c, d', 'line\nbreak', '', 'é𝄞\u2028'],
        ['1', '"', '""', '\r\n', ' spaces ', ','],
        ['', '', '', '', '', ''],
      ];
      for (const [i, options] of [
        {},
        { quoting: 1 },
        { delimiter: '\t' },
        { lineterminator: '\n' },
        { delimiter: ';', quoting: 2 },
      ].entries()) {
        for (const suffix of ['csv', 'csv.gz']) {
          const name = `python-${i}.${suffix}`;
          await oracle.call('sources.write_csv', { file: folder.file(name), rows, options });
          const { elements } = await readAll(csv(name, { delimiter: options.delimiter ?? ',' }), folder.context);
          assert.deepEqual(
            elements,
            rows.slice(1).map((row) => Object.fromEntries(row.map((field, k) => [rows[0]?.[k], field]))),
          );
        }
      }
    });
  });

  it('gives any table back, however it is quoted and wherever it is cut', async () => {
    const field = fc.oneof(
      fc.constantFrom('', 'a', 'x,y', '"', '""', '\n', '\r\n', 'a\nb,"c"', '__proto__', 'é', '𝄞', '\ufeff', ' '),
      fc.string({ unit: 'grapheme', maxLength: 8 }),
    );
    const table = fc.integer({ min: 1, max: 5 }).chain((width) =>
      fc.record({
        header: fc.uniqueArray(field, { minLength: width, maxLength: width }),
        rows: fc.array(fc.array(field, { minLength: width, maxLength: width }), { maxLength: 30 }),
        lineEnd: fc.constantFrom('\n', '\r\n'),
        quoteAll: fc.boolean(),
        mark: fc.boolean(),
        lastLineEnd: fc.boolean(),
        rangeBytes: fc.integer({ min: 1, max: 300 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(table, async ({ header, rows, lineEnd, quoteAll, mark, lastLineEnd, rangeBytes }) => {
        const write = (text: string) =>
          quoteAll || /[",\r\n]/.test(text) || text === '' || text.startsWith('\ufeff')
            ? `"${text.replaceAll('"', '""')}"`
            : text;
        const lines = [header, ...rows].map((row) => row.map(write).join(','));
        const text = (mark ? '\ufeff' : '') + lines.join(lineEnd) + (lastLineEnd ? lineEnd : '');
        const name = folder.write('property.csv', text);
        const { elements, positions } = await readAll(csv(name, { rangeBytes }), folder.context);
        assert.deepEqual(
          elements.map((row) => Object.keys(row).sort()),
          rows.map(() => [...header].sort()),
        );
        assert.deepEqual(
          elements.map((row) => header.map((column) => row[column])),
          rows,
        );
        let line = 1;
        const starts = [header, ...rows].map((row) => {
          const start = line;
          line += 1 + row.join('').split('\n').length - 1;
          return start;
        });
        assert.deepEqual(
          positions,
          starts.slice(1).map((start) => `property.csv line ${start}`),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('gives a column called __proto__, and one without a name, as properties like any other', async () => {
    const { elements } = await readAll(csv(folder.write('proto.csv', ',__proto__,toString\n0,x,y\n')), folder.context);
    const [row] = elements;
    assert.ok(row !== undefined);
    assert.deepEqual(Object.entries(row), [
      ['', '0'],
      ['__proto__', 'x'],
      ['toString', 'y'],
    ]);
    assert.equal(Object.getPrototypeOf(row), Object.prototype);
  });

  it('converts fields to their declared types exactly', async () => {
    const name = folder.write(
      'types.csv',
      'i8,i16,i32,i64,u8,u16,u32,u64,f,b,n,s\n-128,-32768,-2147483648,-9223372036854775808,0,0,0,0,-0.0,true,,\n' +
        '127,+32767,2147483647,9223372036854775807,255,65535,4294967295,18446744073709551615,1e-3,0,7,"q""q"\n' +
        '0,0,0,9007199254740993,0,0,0,9007199254740993,nan,False,-1,s\n0,0,0,-1,0,0,0,1,-inf,1,0,s\n',
    );
    const source = csv(name, {
      types: {
        i8: 'int8',
        i16: 'int16',
        i32: 'int32',
        i64: 'int64',
        u8: 'uint8',
        u16: 'uint16',
        u32: 'uint32',
        u64: 'uint64',
        f: 'float64',
        b: 'bool',
        n: 'int32?',
        s: 'string?',
      },
    });
    const { elements } = await readAll(source, folder.context);
    assert.deepEqual(
      elements.map((row) => Object.values(row)),
      [
        [-128, -32768, -2147483648, -(2n ** 63n), 0, 0, 0, 0n, -0, true, null, null],
        [127, 32767, 2147483647, 2n ** 63n - 1n, 255, 65535, 4294967295, 2n ** 64n - 1n, 0.001, false, 7, 'q"q'],
        [0, 0, 0, 9007199254740993n, 0, 0, 0, 9007199254740993n, Number.NaN, false, -1, 's'],
        [0, 0, 0, -1n, 0, 0, 0, 1n, Number.NEGATIVE_INFINITY, true, 0, 's'],
      ],
    );
    // The compiler knows the types, too.
    const row = elements[0];
    const typed:
      | { readonly i64: bigint; readonly f: number; readonly b: boolean; readonly n: number | null }
      | undefined = row;
    // Columns that are not declared are strings.
    const other: string | undefined = row?.['other'];
    assert.ok(typed !== undefined && other === undefined);
  });

  it('reads numbers as Python writes them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double(), { minLength: 1 }),
        fc.array(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), { minLength: 1 }),
        async (floats, integers) => {
          const lines = floats.map(
            (value, i) => `${Object.is(value, -0) ? '-0.0' : value},${integers[i % integers.length]}`,
          );
          const name = folder.write('numbers.csv', `f,i\n${lines.join('\n')}\n`);
          const { elements } = await readAll(csv(name, { types: { f: 'float64', i: 'int64' } }), folder.context);
          assert.deepEqual(
            elements,
            floats.map((f, i) => ({ f, i: integers[i % integers.length] })),
          );
        },
      ),
      { numRuns: 100 },
    );
  });

  it('reads files without a header, and only the columns asked for', async () => {
    const name = folder.write('bare.csv', '1,2,3\n4,5,6\n');
    const bare = await readAll(
      csv(name, { header: ['a', 'b', 'c'], columns: ['c', 'a'], types: { c: 'int32' } }),
      folder.context,
    );
    assert.deepEqual(
      bare.elements.map((row) => Object.entries(row)),
      [
        [
          ['c', 3],
          ['a', '1'],
        ],
        [
          ['c', 6],
          ['a', '4'],
        ],
      ],
    );
    assert.deepEqual(bare.positions, ['bare.csv line 1', 'bare.csv line 2']);
  });

  it('takes quotes as characters where the author says so', async () => {
    const name = folder.write('quotes.tsv', 'a\tb\n"x\ty"\n5"\t""\n');
    for (const rangeBytes of [1 << 20, 1]) {
      const { elements } = await readAll(csv(name, { delimiter: '\t', quotes: false, rangeBytes }), folder.context);
      assert.deepEqual(
        elements.map((row) => Object.values(row)),
        [
          ['"x', 'y"'],
          ['5"', '""'],
        ],
      );
    }
  });

  it('keeps batches small and skips blank lines', async () => {
    const name = folder.write('long.csv', `n\n${Array.from({ length: 5000 }, (_, i) => `${i}\n\r\n`).join('')}`);
    const { elements, positions, largestBatch } = await readAll(csv(name), folder.context);
    assert.deepEqual(
      elements.map((row) => row['n']),
      Array.from({ length: 5000 }, (_, i) => String(i)),
    );
    assert.equal(positions[4999], 'long.csv line 10000');
    assert.ok(largestBatch <= 1024);
  });

  it('splits as a function of the file alone', async () => {
    const name = folder.write('split.csv', `a,b\n${'"1\n2",3\n'.repeat(100)}`);
    const { shards, elements } = await readAll(csv(name, { rangeBytes: 100 }), folder.context);
    assert.equal(shards.length, 8);
    assert.equal(shards[0], 'split.csv bytes 0-100');
    assert.equal(elements.length, 100);
  });

  describe('names file, line and column of', () => {
    const bad: readonly (readonly [
      what: string,
      content: string | Uint8Array,
      options: CsvOptions,
      where: string,
      why: RegExp,
    ])[] = [
      ['a quote inside a plain field', 'a,b\n1,2\n3,x"y\n', {}, 'bad.csv line 3, column 4', /quote inside a field/],
      ['a quote that is never closed', 'a,b\n1,"2\n3,4\n', {}, 'bad.csv line 2, column 3', /never closed/],
      ['text after a closing quote', 'a,b\n"1\n"x,2\n', {}, 'bad.csv line 3, column 2', /after the closing quote/],
      ['a record with too few fields', 'a,b\n1,2\n\n3\n', {}, 'bad.csv line 4', /1 field where 2 columns/],
      ['a record with too many fields', 'a,b\n1,2,3\n', {}, 'bad.csv line 2', /3 fields where 2 columns/],
      ['a carriage return alone', 'a,b\n1,2\r3,4\n', {}, 'bad.csv line 2, column 4', /carriage return/],
      [
        'a byte that is not UTF-8',
        Buffer.from('a,b\né,x\xff\n', 'latin1'),
        {},
        'bad.csv line 2, column 1',
        /0xe9 is not valid UTF-8/,
      ],
      [
        'a character that is cut off',
        Buffer.from([0x61, 0x0a, 0x62, 0xe2, 0x82]),
        {},
        'bad.csv line 2, column 2',
        /0xe2 is not valid UTF-8/,
      ],
      ['two columns of one name', 'a,b,a\n1,2,3\n', {}, 'bad.csv line 1, column 5', /second column called "a"/],
      [
        'a number that is none',
        'a,b\n1,2\n3,x\n',
        { types: { b: 'int32' } },
        'bad.csv line 3, column 3',
        /"x" in column "b" is not of type int32/,
      ],
      ['an integer out of range', 'a\n128\n', { types: { a: 'int8' } }, 'bad.csv line 2, column 1', /"128".*int8/],
      [
        'a 64-bit integer out of range',
        'a\n9223372036854775808\n',
        { types: { a: 'int64' } },
        'bad.csv line 2, column 1',
        /int64/,
      ],
      ['a float as an integer', 'a\n1.0\n', { types: { a: 'int64' } }, 'bad.csv line 2, column 1', /int64/],
      ['an empty number', 'a,b\n,1\n', { types: { a: 'float64' } }, 'bad.csv line 2, column 1', /"" in column "a"/],
      ['a hexadecimal float', 'a\n0x10\n', { types: { a: 'float64' } }, 'bad.csv line 2, column 1', /float64/],
      ['a boolean that is none', 'a\nyes\n', { types: { a: 'bool' } }, 'bad.csv line 2, column 1', /bool/],
      [
        'a wrong field in a record of several lines',
        'a,b\n"x\ny",z\n',
        { types: { b: 'int32' } },
        'bad.csv line 3, column 4',
        /"z"/,
      ],
    ];
    for (const [what, content, options, where, why] of bad) {
      it(what, async () => {
        const error = await failure(content, options);
        assert.equal(error.code, 'SOURCE_MALFORMED');
        assert.equal(error.at.source, where);
        assert.ok(error.message.startsWith(`${where}: `), error.message);
        assert.match(error.message, why);
        assert.ok(error.hint);
      });
    }

    it('the same place when the file is read in ranges', async () => {
      const error = await failure(`a,b\n${'"1\n2",3\n'.repeat(50)}4,x\n`, { types: { b: 'int32' }, rangeBytes: 64 });
      assert.equal(error.at.source, 'bad.csv line 102, column 3');
      const inText = await failure(`a\n${'x\n'.repeat(50)}"\n`, { quotes: true, rangeBytes: 10 });
      assert.equal(inText.at.source, 'bad.csv line 52, column 1');
    });
  });

  it('refuses UTF-16 with a hint', async () => {
    const error = await failure(Buffer.from('\ufeffa,b\n', 'utf16le'));
    assert.match(error.hint ?? '', /UTF-16/);
  });

  it('refuses an empty file, and a column that is not there', async () => {
    assert.match((await failure('')).message, /bad.csv: is empty: it has no header/);
    const error = await failure('a,b\n1,2\n', { types: { c: 'int32' } });
    assert.match(error.message, /bad.csv: has no column "c"/);
    assert.match(error.hint ?? '', /"a", "b"/);
  });

  it('refuses a gzip file that is cut off, and one that is none', async () => {
    const name = folder.write('whole.csv.gz', 'a\n1\n');
    const { readFileSync, writeFileSync } = await import('node:fs');
    writeFileSync(folder.file('cut.csv.gz'), readFileSync(folder.file(name)).subarray(0, 15));
    writeFileSync(folder.file('plain.csv.gz'), 'a\n1\n');
    for (const file of ['cut.csv.gz', 'plain.csv.gz']) {
      await assert.rejects(readAll(csv(file), folder.context), {
        code: 'SOURCE_MALFORMED',
        message: `${file}: is not a complete gzip file`,
      });
    }
  });

  it('refuses a file that changed between splitting and reading', async () => {
    const source = csv(folder.write('changing.csv', 'a\n1\n'));
    const [shard] = await source.split(folder.context);
    assert.ok(shard !== undefined);
    folder.write('changing.csv', 'a\n1\n2\n');
    await assert.rejects(async () => {
      for await (const _ of source.read(shard, folder.context));
    }, /changing.csv: was changed during the build: it had 4 bytes, now it has 6/);
  });

  it('refuses options that make no sense when it is called', () => {
    assert.throws(() => csv('x.csv', { delimiter: '||' }), { code: 'PIPELINE_INVALID' });
    assert.throws(() => csv('x.csv', { header: ['a', 'a'] }), { code: 'PIPELINE_INVALID' });
    assert.throws(() => csv('x.csv', { rangeBytes: 0 }), { code: 'PIPELINE_INVALID' });
  });
});
