import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import fc from 'fast-check';
import type { DatasetsError } from '../../src/core/errors/index.js';
import { json } from '../../src/sources/index.js';
import { capture, plain, repositoryRoot, requireOracle } from '../oracle/index.js';
import { readAll, TemporaryFolder } from './read-all.js';

const spaces = fc.stringMatching(/^[ \t\n\r]{0,3}$/);

/** Texts of items, and the array that holds them with any space around them. */
const arrays = fc
  .array(
    fc.tuple(spaces, fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' }), spaces, fc.constantFrom(undefined, 1, '\t')),
    {
      maxLength: 30,
    },
  )
  .map((items) => ({
    values: items.map(([, value]) => value),
    text: `[${items.map(([before, value, after, space]) => before + JSON.stringify(value, undefined, space) + after).join()}]`,
  }));

describe('json, of arrays of any length', () => {
  let folder: TemporaryFolder;
  before(() => {
    folder = new TemporaryFolder();
  });
  after(() => folder.remove());

  it('gives what JSON.parse gives, wherever the file is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        arrays,
        spaces,
        spaces,
        fc.integer({ min: 1, max: 300 }),
        async (array, before, after, rangeBytes) => {
          const name = folder.write('array.json', before + array.text + after);
          const { elements, positions } = await readAll(
            json(name, { rangeBytes, unsafeIntegers: 'bigint' }),
            folder.context,
          );
          assert.deepEqual(JSON.parse(JSON.stringify(elements, numbers)), JSON.parse(JSON.stringify(array.values)));
          assert.deepEqual(
            positions,
            array.values.map((_, i) => `array.json item ${i}`),
          );
        },
      ),
      { numRuns: 400 },
    );
  });

  it('gives every item of a file of many blocks, as Python reads it, with integers exact', async function () {
    const oracle = requireOracle(this);
    const rows = 4000;
    await oracle.call('sources.write_json_array', { file: folder.file('many.json'), rows });
    const expected = plain(await oracle.call('sources.json_file', { file: folder.file('many.json') }));
    const whole = await readAll(json('many.json', { unsafeIntegers: 'bigint' }), folder.context);
    assert.deepEqual(whole.elements, expected);
    assert.equal(whole.elements.length, rows);
    assert.ok(whole.largestBatch <= 1024);
    const cut = await readAll(json('many.json', { unsafeIntegers: 'bigint', rangeBytes: 50_000 }), folder.context);
    assert.deepEqual(cut.elements, whole.elements);
    assert.deepEqual(cut.positions, whole.positions);
    assert.ok(cut.shards.length > 5);
    await assert.rejects(readAll(json('many.json', { rangeBytes: 50_000 }), folder.context), {
      code: 'SOURCE_MALFORMED',
      message: /many.json line 2, column 18: the integer 9007199254740992 is too large/,
    });
  });

  describe('names file, line and column of', () => {
    const bad: readonly (readonly [what: string, text: string, where: string, why: RegExp])[] = [
      ['a comma without an item', '[1,\n,2]', 'line 2, column 1', /"," where a value must be/],
      ['a comma at the end', '[1,\n 2, ]', 'line 2, column 5', /"]" where a value must be/],
      ['a comma at the start', '[,1]', 'line 1, column 2', /"," where a value must be/],
      ['two items without a comma', '[1,\n{} {}]', 'line 2, column 4', /"{" where ',' or '\]' must be/],
      ['a wrong bracket', '[{"a":1},\n[2}]', 'line 2, column 3', /"}" where ',' or ']' must be/],
      ['a brace that closes the array', '[1,\n2}', 'line 2, column 2', /"}" where ',' or '\]' must be/],
      [
        'an array that is never closed',
        '[1,\n2\n',
        'line 3, column 1',
        /the end of the text where ',' or '\]' must be/,
      ],
      ['an item that is never closed', '[1,\n{"a": [', 'line 2, column 8', /the end of the text where a value must be/],
      ['a string that is never closed', '[1,\n"a]', 'line 2, column 1', /never closed/],
      ['what follows the array', '[1,\n2]\n ]', 'line 3, column 2', /"]" where the end must be/],
      ['a second array', '[1]\n[2]', 'line 2, column 1', /"\[" where the end must be/],
      ['nothing', '', 'line 1, column 1', /the end of the text where a value must be/],
      ['what is not UTF-8', '[1,\n"é", "\u00ff"]', 'line 2, column 7', /byte 0xff is not valid UTF-8/],
    ];
    for (const [what, text, where, why] of bad) {
      it(what, async () => {
        // As latin1 where the text is to hold a byte that is not UTF-8.
        const content = text.includes('\u00ff')
          ? Buffer.concat([Buffer.from('[1,\n"é", "'), Buffer.from([0xff]), Buffer.from('"]')])
          : Buffer.from(text);
        const name = folder.write('bad.json', content);
        for (const rangeBytes of [1, 1 << 20]) {
          await assert.rejects(readAll(json(name, { rangeBytes }), folder.context), (error: DatasetsError) => {
            assert.equal(error.code, 'SOURCE_MALFORMED');
            assert.equal(error.at.source, `bad.json ${where}`);
            assert.match(error.message, why);
            return true;
          });
        }
      });
    }

    it('an item behind many blocks, in a file of one line', async () => {
      const before = Array.from({ length: 20_000 }, (_, i) => JSON.stringify({ i, text: 'é𝄞' })).join();
      const name = folder.write('line.json', `[${before},{"i":tru}]`);
      const column = before.length + 2 + '{"i":'.length + 1;
      for (const rangeBytes of [100_000, 1 << 30]) {
        await assert.rejects(readAll(json(name, { rangeBytes }), folder.context), (error: DatasetsError) => {
          assert.equal(error.at.source, `line.json line 1, column ${column}`);
          return true;
        });
      }
    });
  });

  it('never takes a file that was cut short for a whole one', async () => {
    const text = JSON.stringify(
      Array.from({ length: 50 }, (_, i) => ({ i, text: `"]},[${i}` })),
      undefined,
      1,
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length - 1), fc.constantFrom(200, 1 << 20), async (length, rangeBytes) => {
        const name = folder.write('short.json', text.slice(0, length));
        await assert.rejects(readAll(json(name, { rangeBytes }), folder.context), { code: 'SOURCE_MALFORMED' });
      }),
      { numRuns: 200 },
    );
  });

  it('holds a few items in memory, not the file', async () => {
    const name = folder.file('large.json');
    const script = `
      import { openSync, writeSync, closeSync } from 'node:fs';
      import { json } from './dist/src/sources/index.js';
      const file = openSync(${JSON.stringify(name)}, 'w');
      const item = (i) => JSON.stringify({ id: i, text: 'x'.repeat(i % 400), tags: [i, 'é'] });
      for (let i = 0; i < 250_000; i += 1000) {
        const items = Array.from({ length: 1000 }, (_, k) => item(i + k)).join(',');
        writeSync(file, (i === 0 ? '[' : ',') + items);
      }
      writeSync(file, ']');
      closeSync(file);
      const source = json(${JSON.stringify(name)});
      const context = { baseDirectory: '/' };
      let count = 0;
      const before = process.memoryUsage.rss();
      let most = before;
      for (const shard of await source.split(context)) {
        for await (const batch of source.read(shard, context)) {
          count += batch.elements.length;
          most = Math.max(most, process.memoryUsage.rss());
        }
      }
      console.log(JSON.stringify({ count, grown: most - before }));`;
    // A heap that the file's values alone would fill several times over.
    const arguments_ = ['--max-old-space-size=40', '--max-semi-space-size=2', '--input-type=module', '-e', script];
    const { stdout, stderr, exitCode } = await capture(process.execPath, arguments_, { cwd: repositoryRoot });
    assert.equal(exitCode, 0, stderr);
    const { count, grown } = JSON.parse(stdout) as { count: number; grown: number };
    assert.equal(count, 250_000);
    assert.ok(statSync(name).size > 55e6);
    assert.ok(grown < 50e6, `grew by ${grown} bytes`);
  });
});

function numbers(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}
