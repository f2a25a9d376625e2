import assert from 'node:assert/strict';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { codeProperty, codeText, commentText } from '../../src/project/scaffold/code-text.js';
import { uniqueColumns } from '../../src/project/scaffold/from/unique-columns.js';
import { jsonl } from '../../src/sources/index.js';
import { TemporaryFolder } from '../sources/read-all.js';

const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string(),
  fc.constantFrom("'", '\\', `\`$\{x}\``, '*/', '\u2028', '\\"', "\\'", '__proto__'),
);

describe('code that is made of data', () => {
  it('is a literal that holds the text, whatever it is', () => {
    fc.assert(
      fc.property(texts, (text) => {
        assert.equal(runInNewContext(codeText(text)), text);
        assert.deepEqual(runInNewContext(`Object.entries({ ${codeProperty(text)}: 1 })[0][0]`), text);
        assert.equal(runInNewContext(`/* ${commentText(text)} */ 1 // ${commentText(text)}`), 1);
      }),
      { numRuns: 500 },
    );
  });
});

describe('uniqueColumns', () => {
  let folder: TemporaryFolder;
  before(() => {
    folder = new TemporaryFolder();
  });
  after(() => folder.remove());

  it('names the columns that a set of all values names', async () => {
    const rows = fc.array(fc.record({ a: fc.nat(60), b: fc.string({ maxLength: 2 }), c: fc.uuid() }), {
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(rows, async (rows) => {
        const file = folder.write('rows.jsonl', rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
        const expected = (['a', 'b', 'c'] as const).filter(
          (name) => new Set(rows.map((row) => row[name])).size === rows.length,
        );
        assert.deepEqual(await uniqueColumns(jsonl(file), ['a', 'b', 'c'], folder.context), expected);
      }),
      { numRuns: 60 },
    );
  });

  it('sees one value twice among a hundred thousand', async () => {
    const ids = Array.from({ length: 100_000 }, (_, id) => `id-${id}`);
    const lines = (all: readonly string[]) => all.map((id) => `{"id":"${id}"}\n`).join('');
    assert.deepEqual(await uniqueColumns(jsonl(folder.write('all.jsonl', lines(ids))), ['id'], folder.context), ['id']);
    const twice = [...ids, 'id-7'];
    assert.deepEqual(await uniqueColumns(jsonl(folder.write('twice.jsonl', lines(twice))), ['id'], folder.context), []);
  });
});
