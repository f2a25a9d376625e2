import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringifyJson } from '../../src/core/json/index.js';
import { csvFormat } from '../../src/export/csv-text.js';
import { writeTextFile } from '../../src/export/write-text.js';
import {
  classLabel,
  definitionOf,
  features,
  image,
  optional,
  plainValue,
  record,
  scalar,
  sequence,
  tensor,
  text,
} from '../../src/features/index.js';
import { requireOracle } from '../oracle/index.js';

const schema = features({
  id: scalar('int64'),
  score: scalar('float64'),
  ok: scalar('bool'),
  comment: text(),
  note: optional(text()),
  label: classLabel({ names: ['a', 'b'] }),
  matrix: tensor({ dtype: 'int32', shape: [2, 2] }),
  tags: sequence(text()),
  user: record({ name: text(), age: optional(scalar('int32')) }),
  photo: image({ shape: [1, 1, 1] }),
});

/** Examples as a reader decodes them. */
const examples = [
  {
    id: 2n ** 63n - 1n,
    score: 0.1,
    ok: true,
    comment: 'plain',
    note: null,
    label: 1,
    matrix: { data: Int32Array.of(1, 2, 3, -4), shape: [2, 2] },
    tags: ['x', 'y'],
    user: { name: 'Ada', age: 36 },
    photo: { encoded: Uint8Array.of(137, 80, 78, 71) },
  },
  {
    id: -(2n ** 53n) - 1n,
    score: 1e300,
    ok: false,
    comment: 'comma, "quote",\r\nline, naïve 日本 🙂 \u0000\u2028',
    note: '',
    label: -1,
    matrix: { data: Int32Array.of(0, 0, 0, 0), shape: [2, 2] },
    tags: [],
    user: { name: '', age: null },
    photo: { encoded: new Uint8Array(0) },
  },
];

async function* each(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

describe('examples as text', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ailab-export-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('are read back from JSON Lines by Python, integers of 64 bits exact', async function () {
    const oracle = requireOracle(this);
    const write = plainValue(definitionOf(schema));
    const file = join(folder, 'x.jsonl.gz');
    await writeTextFile(file, each(examples.map((example) => `${stringifyJson(write(example))}\n`)));
    const program = `
import base64, gzip, json, sys
rows = [json.loads(line) for line in gzip.open(sys.argv[1], 'rt', encoding='utf-8')]
assert [row['id'] for row in rows] == [2**63 - 1, -2**53 - 1]
assert [row['score'] for row in rows] == [0.1, 1e300]
assert [row['note'] for row in rows] == [None, '']
assert rows[0]['matrix'] == [[1, 2], [3, -4]]
assert [row['user'] for row in rows] == [{'name': 'Ada', 'age': 36}, {'name': '', 'age': None}]
assert [base64.b64decode(row['photo']) for row in rows] == [b'\\x89PNG', b'']
print(json.dumps([rows[1]['comment'], rows[0]['tags'], rows[1]['tags'], [row['label'] for row in rows]]))`;
    const { stdout } = await oracle.script(['-c', program, file]);
    assert.deepEqual(JSON.parse(stdout), [examples[1]?.comment, ['x', 'y'], [], [1, -1]]);
  });

  it("are read back from CSV by Python's csv module, with lists as JSON in their cells", async function () {
    const oracle = requireOracle(this);
    const format = csvFormat(definitionOf(schema));
    const file = join(folder, 'x.csv');
    await writeTextFile(file, each([format.header, ...examples.map((example) => format.line(example))]));
    const program = `
import csv, json, sys
rows = list(csv.DictReader(open(sys.argv[1], newline='', encoding='utf-8')))
print(json.dumps(rows))`;
    const { stdout } = await oracle.script(['-c', program, file]);
    assert.deepEqual(JSON.parse(stdout), [
      {
        id: '9223372036854775807',
        score: '0.1',
        ok: 'true',
        comment: 'plain',
        note: '',
        label: '1',
        matrix: '[[1,2],[3,-4]]',
        tags: '["x","y"]',
        'user/name': 'Ada',
        'user/age': '36',
        photo: 'iVBORw==',
      },
      {
        id: '-9007199254740993',
        score: '1e+300',
        ok: 'false',
        comment: examples[1]?.comment,
        note: '',
        label: '-1',
        matrix: '[[0,0],[0,0]]',
        tags: '[]',
        'user/name': '',
        'user/age': '',
        photo: '',
      },
    ]);
  });

  it('keep an empty text apart from an absent one in CSV', () => {
    const format = csvFormat(definitionOf(features({ a: optional(text()), b: optional(text()) })));
    assert.equal(format.line({ a: '', b: null }), '"",\r\n');
  });

  it('leave nothing behind when they break off', async () => {
    async function* broken(): AsyncGenerator<string> {
      yield 'a\n';
      throw new RangeError('no more');
    }
    await assert.rejects(writeTextFile(join(folder, 'broken.jsonl'), broken()), RangeError);
    await writeFile(join(folder, 'file'), '');
    await assert.rejects(writeTextFile(join(folder, 'file', 'x.jsonl'), each(['a'])), { code: 'STORAGE_FAILED' });
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.includes('broken')),
      [],
    );
  });
});
