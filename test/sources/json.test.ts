import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { json, jsonl, npmFile } from '../../src/sources/index.js';
import { plain, requireOracle } from '../oracle/index.js';
import { packageFolder, readAll, TemporaryFolder } from './read-all.js';

/** Numbers that Python keeps as int and JavaScript as number compare equal by value. */
function normal(value: unknown): unknown {
  return JSON.parse(JSON.stringify(plain(value), (_, item) => (typeof item === 'bigint' ? Number(item) : item)));
}

/** With bigints rounded, as JSON.parse rounds them. */
function withNumbers(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(withNumbers);
  if (typeof value !== 'object' || value === null) return value;
  const copy = {};
  for (const [key, item] of Object.entries(value)) {
    Object.defineProperty(copy, key, {
      value: withNumbers(item),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return copy;
}

describe('json', () => {
  let folder: TemporaryFolder;
  before(() => {
    folder = new TemporaryFolder();
  });
  after(() => folder.remove());

  const data = `${packageFolder('vega-datasets')}/data`;
  const names = [
    'cars.json',
    'miserables.json',
    'movies.json',
    'countries.json',
    'us-state-capitals.json',
    'monarchs.json',
    'gapminder.json',
  ];
  for (const name of names) {
    it(`reads what Python reads from vega-datasets/data/${name}`, async function () {
      assert.ok(readdirSync(data).includes(name));
      const expected = normal(await requireOracle(this).call('sources.json_file', { file: `${data}/${name}` }));
      const { elements, positions } = await readAll(json(npmFile('vega-datasets', `data/${name}`)));
      assert.deepEqual(elements, Array.isArray(expected) ? expected : [expected]);
      const file = `npm:vega-datasets/data/${name}`;
      assert.equal(positions.at(-1), Array.isArray(expected) ? `${file} item ${expected.length - 1}` : file);
    });
  }

  it('names line and column of what is wrong', async () => {
    const name = folder.write('bad.json', '[\n  {"a": 1},\n  {"a": tru}\n]');
    await assert.rejects(readAll(json(name), folder.context), {
      code: 'SOURCE_MALFORMED',
      message: /^bad.json line 3, column 9: "t" where a value must be/,
    });
  });

  it('reads gzip files and byte order marks', async () => {
    const { elements } = await readAll(json(folder.write('marked.json.gz', '\ufeff{"a": [1]}')), folder.context);
    assert.deepEqual(elements, [{ a: [1] }]);
  });
});

describe('jsonl', () => {
  let folder: TemporaryFolder;
  before(() => {
    folder = new TemporaryFolder();
  });
  after(() => folder.remove());

  it('gives any values back, wherever the file is cut', async () => {
    const lines = fc.array(fc.json({ maxDepth: 3 }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(
        lines,
        fc.constantFrom('\n', '\r\n', '\n\n'),
        fc.integer({ min: 1, max: 200 }),
        async (texts, end, rangeBytes) => {
          const name = folder.write('values.jsonl', texts.map((text) => text + end).join(''));
          const { elements, positions } = await readAll(
            jsonl(name, { rangeBytes, unsafeIntegers: 'bigint' }),
            folder.context,
          );
          assert.deepEqual(
            withNumbers(elements),
            texts.map((text) => JSON.parse(text)),
          );
          assert.deepEqual(
            positions,
            texts.map((_, i) => `values.jsonl line ${end === '\n\n' ? 2 * i + 1 : i + 1}`),
          );
          const zipped = await readAll(
            jsonl(folder.write('values.jsonl.gz', texts.join(end)), { unsafeIntegers: 'bigint' }),
            folder.context,
          );
          assert.deepEqual(zipped.elements, elements);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('parses lines with long numbers by hand just as JSON.parse does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(undefined, 2, '\t'), async (value, space) => {
        // An integer with 16 digits is what sends a text to the exact parser.
        const text = JSON.stringify([value, { '__proto__ ': 1234567890123456 }], undefined, space).replaceAll(
          '\n',
          ' ',
        );
        const { elements } = await readAll(
          jsonl(folder.write('hand.jsonl', text), { unsafeIntegers: 'bigint' }),
          folder.context,
        );
        assert.deepEqual(withNumbers(elements), [JSON.parse(text)]);
      }),
      { numRuns: 300 },
    );
  });

  it('never rounds an integer: refuses it, or gives a bigint where asked', async () => {
    const name = folder.write('big.jsonl', '{"id": 9007199254740991}\n{"id": 1, "big": -9007199254740993}\n');
    await assert.rejects(readAll(jsonl(name), folder.context), {
      code: 'SOURCE_MALFORMED',
      message: /^big.jsonl line 2, column 18: the integer -9007199254740993 is too large/,
      hint: /unsafeIntegers: 'bigint'/,
    });
    const { elements } = await readAll(jsonl(name, { unsafeIntegers: 'bigint' }), folder.context);
    assert.deepEqual(elements, [{ id: 9007199254740991 }, { id: 1, big: -9007199254740993n }]);
  });

  it('finds an integer that is not safe wherever it stands, behind fractions of any length', async () => {
    const integers = fc.bigInt({ min: 2n ** 53n, max: 10n ** 40n });
    const fractions = fc.array(fc.stringMatching(/^[0-9]{1,40}$/), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(integers, fractions, fc.nat(40), async (integer, digits, padding) => {
        const before = digits.map((fraction) => `-0.${fraction}, `).join('');
        const text = `[${' '.repeat(padding)}${before}${integer}]`;
        const { elements } = await readAll(
          jsonl<readonly unknown[]>(folder.write('unsafe.jsonl', text), { unsafeIntegers: 'bigint' }),
          folder.context,
        );
        assert.equal(elements[0]?.at(-1), integer);
        assert.deepEqual(
          elements[0]?.slice(0, -1),
          digits.map((fraction) => Number(`-0.${fraction}`)),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('keeps a property called __proto__', async () => {
    const text = '{"__proto__": {"a": 1}, "n": 1234567890123456}\n{"__proto__": 2}\n';
    const { elements } = await readAll(jsonl<object>(folder.write('proto.jsonl', text)), folder.context);
    assert.deepEqual(
      elements.map((element) => Object.getOwnPropertyDescriptor(element, '__proto__')?.value),
      [{ a: 1 }, 2],
    );
  });

  it('reads an id that follows many lines in the middle of a file', async () => {
    const text = Array.from({ length: 3000 }, (_, i) => JSON.stringify({ i })).join('\n');
    const { elements, positions, shards, largestBatch } = await readAll(
      jsonl<{ i: number }>(folder.write('many.jsonl', text), { rangeBytes: 10_000 }),
      folder.context,
    );
    assert.ok(shards.length > 2);
    assert.ok(largestBatch <= 1024);
    assert.deepEqual(
      elements.map((element) => element.i),
      Array.from({ length: 3000 }, (_, i) => i),
    );
    assert.equal(positions[2999], 'many.jsonl line 3000');
  });

  describe('names file, line and column of', () => {
    const bad: readonly (readonly [what: string, line: string, where: string, why: RegExp])[] = [
      [
        'a text that ends too early',
        '{"a": [1, 2',
        'line 2, column 12',
        /the end of the text where ',' or '\]' must be/,
      ],
      ['a missing comma', '{"a": 1 "b": 2}', 'line 2, column 9', /"\\"" where ',' or '}' must be/],
      ['a trailing comma', '[1,]', 'line 2, column 4', /"]" where a value must be/],
      ['single quotes', "{'a': 1}", 'line 2, column 2', /a name in quotes/],
      ['two values on a line', '{} {}', 'line 2, column 4', /where the end must be/],
      ['a string that is never closed', '["abc', 'line 2, column 2', /never closed/],
      ['an unknown escape', '["\\x"]', 'line 2, column 2', /escape/],
      ['a control character', '["\t"]', 'line 2, column 3', /control character/],
      ['a number with a leading zero', '[01]', 'line 2, column 3', /"1" where/],
      ['NaN', '[NaN]', 'line 2, column 2', /a value must be/],
      ['nesting without end', '['.repeat(5000), 'line 2, column 1001', /nested more than 1000 deep/],
    ];
    for (const [what, line, where, why] of bad) {
      it(what, async () => {
        // Nesting of any depth is fine for JSON.parse, so that line also holds what sends it to the exact parser.
        const text = line.length === 5000 ? `${line}1234567890123456` : line;
        const name = folder.write('bad.jsonl', `{"fine": true}\n${text}\n`);
        await assert.rejects(
          readAll(jsonl(name), folder.context),
          (error: Error & { code: string; at: { source?: string } }) => {
            assert.equal(error.code, 'SOURCE_MALFORMED');
            assert.equal(error.at.source, `bad.jsonl ${where}`);
            assert.match(error.message, why);
            return true;
          },
        );
      });
    }

    it('a line in a later range of the file', async () => {
      const name = folder.write('late.jsonl', `${'{}\n'.repeat(500)}{x}\n`);
      await assert.rejects(
        readAll(jsonl(name, { rangeBytes: 100 }), folder.context),
        /late.jsonl line 501, column 2: /,
      );
    });
  });
});
