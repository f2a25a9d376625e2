import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DatasetsError } from '../../src/core/errors/index.js';
import { type BadRow, type CsvOptions, csv, json, jsonl, type Source, textLines } from '../../src/sources/index.js';
import { requireOracle } from '../oracle/index.js';
import { readAll, TemporaryFolder } from './read-all.js';

/** A record of a file, and whether it is one. */
interface Piece {
  readonly text: string;
  readonly row?: { readonly id: number; readonly name: string; readonly note: string };
}

const word = fc.array(fc.constantFrom('a', 'é', '𝄞', ' '), { maxLength: 5 }).map((all) => all.join(''));
const noteText = fc
  .array(fc.constantFrom('a', 'é', ',', '"', '\n', '\r\n', ' '), { maxLength: 6 })
  .map((all) => all.join(''));
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
const goodPiece: fc.Arbitrary<Piece> = fc
  .record({ id: fc.integer({ min: -99, max: 99 }), name: word, note: noteText }, { noNullPrototype: true })
  .map((row) => ({ row, text: `${row.id},${row.name},${quoted(row.note)}` }));
/** Each is malformed in its own way, and ends with its line. */
const badPiece: fc.Arbitrary<Piece> = fc
  .tuple(
    fc.constantFrom('x1,a,b', '1,a', '1,a,b,c', '1,a"b,c', '1,"a"b,c', '1,a\rb,c', '1.5,,', ',a,b', '1,\ufffe,b'),
    word,
  )
  .map(([text, tail]) => ({ text: `${text}${tail}` }));

const types = { id: 'int32', name: 'string', note: 'string' } as const;

/** What cannot be written in a string: a byte that is not UTF-8, in the place of U+FFFE. */
function toBytes(text: string): Buffer {
  const parts = text.split('\ufffe').map((part) => Buffer.from(part));
  return Buffer.concat(parts.flatMap((part, index) => (index === 0 ? [part] : [Buffer.from([0xff]), part])));
}

describe('malformed rows that a limit allows', () => {
  let folder: TemporaryFolder;
  before(() => {
    folder = new TemporaryFolder();
  });
  after(() => folder.remove());

  async function readTolerantly<T>(source: Source<T>) {
    const bad: BadRow[] = [];
    const content = await readAll(source, { ...folder.context, onBadRow: (row) => bad.push(row) });
    return { ...content, bad };
  }

  async function failure(source: Source<unknown>, hidesValues = false): Promise<DatasetsError> {
    const error: unknown = await readAll(source, { ...folder.context, hidesValues }).catch((caught: unknown) => caught);
    assert.ok(error instanceof DatasetsError, String(error));
    return error;
  }

  const options: CsvOptions = { types, maxBadRows: 1000 };

  it('are left out of CSV wherever they stand, and all others are read, however the file is cut', async () => {
    const file = fc.array(fc.oneof({ arbitrary: goodPiece, weight: 3 }, badPiece), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(file, fc.constantFrom('\n', '\r\n'), fc.boolean(), async (pieces, lineEnd, isCut) => {
        const bytes = toBytes(`id,name,note${lineEnd}${pieces.map(({ text }) => text + lineEnd).join('')}`);
        const rows = pieces.flatMap(({ row }) => row ?? []);
        let line = 2;
        const badLines: number[] = [];
        for (const { text, row } of pieces) {
          if (row === undefined) badLines.push(line);
          line += text.split('\n').length;
        }
        const bad = pieces.filter(({ row }) => row === undefined).map(({ text }) => toBytes(text).toString('hex'));
        for (const name of isCut ? ['cut.csv'] : ['whole.csv', 'whole.csv.gz']) {
          const found = await readTolerantly(
            csv(folder.write(name, bytes), { ...options, types, ...(isCut && { rangeBytes: 64 }) }),
          );
          assert.deepEqual(found.elements, rows);
          assert.deepEqual(
            found.bad.map((row) => row.line),
            badLines,
          );
          assert.deepEqual(
            found.bad.map(({ raw }) => Buffer.from(raw).toString('hex')),
            bad,
          );
          assert.ok(found.bad.every((row) => row.rows === 1 && row.file === name));
        }
      }),
      { numRuns: 150 },
    );
  });

  it('leave what Python reads of the file without them', async function () {
    const oracle = requireOracle(this);
    const pieces = fc.sample(fc.oneof({ arbitrary: goodPiece, weight: 5 }, badPiece), { seed: 7, numRuns: 2000 });
    const header = 'id,name,note\r\n';
    const good = pieces.flatMap(({ text, row }) => (row === undefined ? [] : [`${text}\r\n`]));
    const clean = folder.write('clean.csv', header + good.join(''));
    const dirty = folder.write('dirty.csv', toBytes(header + pieces.map(({ text }) => `${text}\r\n`).join('')));
    const { rows } = (await oracle.call('sources.csv_rows', { file: folder.file(clean) })) as {
      readonly rows: readonly (readonly string[])[];
    };
    const found = await readTolerantly(csv(dirty, { ...options, types, rangeBytes: 1000 }));
    assert.ok(found.shards.length > 10);
    assert.deepEqual(
      found.elements.map(({ id, name, note }) => [String(id), name, note]),
      rows,
    );
    assert.equal(found.bad.length, pieces.length - good.length);
  });

  it('count for each line that an open quote swallows', async () => {
    const { elements, bad } = await readTolerantly(
      csv(folder.write('open.csv', 'id,name,note\n1,a,b\n2,"open,b\n3,c,d\n4,e,f\n'), { ...options, types }),
    );
    assert.deepEqual(
      elements.map(({ id }) => id),
      [1],
    );
    assert.deepEqual(
      bad.map(({ line, rows, raw, reason }) => ({ line, rows, raw, reason })),
      [
        {
          line: 3,
          rows: 3,
          raw: '2,"open,b\n3,c,d\n4,e,f',
          reason: 'a quoted field that begins here is never closed',
        },
      ],
    );
  });

  it('say what is wrong with a row, but show no value of it', async () => {
    const text = 'id,name,note\nsecret,a,b\n1,"a"q,b\n7,x\n';
    const { bad } = await readTolerantly(csv(folder.write('reasons.csv', text), { ...options, types }));
    assert.deepEqual(
      bad.map(({ line, column, reason }) => [line, column, reason]),
      [
        [2, 1, 'a text of 6 characters in column "id" is not of type int32'],
        [3, 6, 'a character after the closing quote of a field'],
        [4, undefined, '2 fields where 3 columns are'],
      ],
    );
    const shown = await failure(csv('reasons.csv', { types }));
    const hidden = await failure(csv('reasons.csv', { types }), true);
    assert.match(shown.message, /"secret" in column "id" is not of type int32/);
    assert.match(hidden.message, /^reasons\.csv line 2, column 1: a text of 6 characters in column "id"/);
    folder.write('reasons.jsonl', '{"a": x}\n');
    assert.match(
      (await failure(jsonl('reasons.jsonl'), true)).message,
      /line 1, column 7: something else where a value/,
    );
    folder.write('reasons.json', '[1,\n9007199254740993]');
    assert.match((await failure(json('reasons.json'))).message, /line 2, column 1: the integer 9007199254740993 is/);
    assert.match((await failure(json('reasons.json'), true)).message, /line 2, column 1: an integer is too large/);
  });

  it('are those lines of JSON Lines that Python refuses', async function () {
    const oracle = requireOracle(this);
    const line = fc.oneof(
      fc.json({ maxDepth: 2 }).map((text) => text.replaceAll('\u2028', '')),
      // JSON with a character less, or more.
      fc
        .tuple(fc.json({ maxDepth: 2 }), fc.nat(), fc.constantFrom('', '"', ',', '}', 'x', '\\', '\ufffe'))
        .map(
          ([text, at, more]) => text.slice(0, at % (text.length + 1)) + more + text.slice((at % (text.length + 1)) + 1),
        ),
    );
    const lines = fc.sample(line, { seed: 11, numRuns: 1500 }).map((text) => text.replaceAll(/[\n\r]/g, ' '));
    const file = folder.write('fuzz.jsonl', toBytes(lines.join('\n')));
    const expected = (await oracle.call('sources.json_line_values', {
      file: folder.file(file),
    })) as readonly (readonly [number, string | null])[];
    const wrong = expected.flatMap(([number, value]) => (value === null ? [number] : []));
    assert.ok(wrong.length > 100 && wrong.length < 1400, `${wrong.length} lines are malformed`);
    const found = await readTolerantly(
      jsonl(file, { maxBadRows: { fraction: 1 }, rangeBytes: 2000, unsafeIntegers: 'bigint' }),
    );
    assert.ok(found.shards.length > 5);
    assert.deepEqual(
      found.bad.map((row) => row.line),
      wrong,
    );
    const values = expected.flatMap(([, value]) => (value === null ? [] : [JSON.parse(value) as unknown]));
    assert.equal(found.elements.length, values.length);
  });

  it('are lines of text that are not UTF-8', async () => {
    const file = folder.write('some.txt', toBytes('one\n\ufffe\n\nlast \ufffe'));
    const { elements, bad } = await readTolerantly(textLines(file, { maxBadRows: 5 }));
    assert.deepEqual(elements, ['one', '']);
    assert.deepEqual(
      bad.map(({ line, raw }) => [line, Buffer.from(raw).toString('hex')]),
      [
        [2, 'ff'],
        [4, Buffer.concat([Buffer.from('last '), Buffer.from([0xff])]).toString('hex')],
      ],
    );
  });

  it('are errors in a header, and where nobody takes them', async () => {
    folder.write('header.csv', toBytes('id,na\ufffeme,note\n1,a,b\n'));
    await assert.rejects(
      readTolerantly(csv('header.csv', { maxBadRows: 5 })),
      /header\.csv line 1, column 6: byte 0xff/,
    );
    folder.write('twice.csv', 'id,id\n1,2\n');
    await assert.rejects(readTolerantly(csv('twice.csv', { maxBadRows: 5 })), /a second column called "id"/);
    folder.write('bad.csv', 'id\nx\n');
    assert.match((await failure(csv('bad.csv', { types: { id: 'int32' }, maxBadRows: 5 }))).message, /bad\.csv line 2/);
  });

  it('have a limit that makes sense', () => {
    for (const maxBadRows of [-1, 1.5, {}, { rows: -1 }, { fraction: 2 }, { fraction: Number.NaN }])
      assert.throws(() => csv('a.csv', { maxBadRows }), { code: 'PIPELINE_INVALID' });
  });
});
