import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { requireGcs } from '../gcs/index.js';
import { capture, requireOracle } from '../oracle/index.js';
import { packageRoot, TemporaryProject } from './run-cli.js';

interface Made {
  readonly notes: readonly string[];
}

const pasted = ['$', '{process.exit(9)}'].join('');

/** Rows whose last one is unlike the others, and names that would be code if they were pasted. */
function reviews(): string {
  const moods = ['good', "it's \\ bad", `\`${pasted}\``];
  const lines = Array.from({ length: 700 }, (_, row) =>
    [
      `r${row}`,
      row % 699,
      1 + (row % 5),
      moods[row % 3],
      row === 699 ? 'half' : row / 2,
      row === 699 ? '' : `n${row}`,
      row % 10 === 0 ? 'test' : 'train',
      `t-${row}`,
    ].join(','),
  );
  return `"x'}); process.exit(9); */ ${pasted}",id,7,mood,score,note,split,ticket_id\n${lines.join('\n')}\n`;
}

const logs = Array.from({ length: 300 }, (_, row) =>
  JSON.stringify({
    user: { name: `u${row}`, age: row % 4 === 0 ? null : row % 50 },
    tags: ['a', 'b'].slice(0, row % 3),
    embedding: [row / 2, 1.5, 2],
    large: '#',
    ok: row % 2 === 0,
    none: null,
    mixed: row % 2 === 0 ? 1 : 'x',
  }).replace('"#"', String(2n ** 60n + BigInt(row))),
).join('\n');

describe('new --from', () => {
  let project: TemporaryProject;
  let elsewhere = '';
  before(async () => {
    elsewhere = await mkdtemp(join(tmpdir(), 'ailab-elsewhere-'));
    project = await TemporaryProject.create();
    await project.install('tsx', '@types/node');
  });
  after(async () => {
    await project.remove();
    await rm(elsewhere, { recursive: true });
  });

  const builderOf = (name: string) => readFile(project.path('datasets', name, 'builder.ts'), 'utf8');
  const made: string[] = [];
  async function make(name: string, ...flags: readonly string[]): Promise<Made> {
    const result = (await project.json(['new', name, '--from', ...flags])) as Made;
    made.push(name);
    return result;
  }

  it('infers the features of CSV from every row, and takes nothing in it for code', async () => {
    await project.write('exports/reviews.csv', reviews());
    const { notes } = await make('reviews', 'exports/reviews.csv');
    const builder = await builderOf('reviews');
    assert.match(builder, /files: '\.\.\/\.\.\/exports\/reviews\.csv'/);
    // `id` has one value twice, in the last row.
    assert.match(builder, /key: 'ticket_id'/);
    assert.match(builder, /^ {2}'x\\'}\); process\.exit\(9\); \*\/ \$\{process\.exit\(9\)}': text\(/m);
    assert.match(builder, /note: optional\(text\(/);
    assert.match(builder, /score: text\(/);
    assert.match(builder, /id: scalar\('int64'/);
    assert.match(builder, /columns: \{ column_\d: '7' }/);
    assert.match(builder, /splits: \{ column: 'split', names: \['test', 'train'\] }/);
    assert.ok(
      notes.includes(
        'score: all but 1 of its values are float64; the first that is not stands in exports/reviews.csv line 701.',
      ),
      notes.join('\n'),
    );
    assert.ok(
      notes.includes('mood is a class label: all 700 values are among 3, which are its names now.'),
      notes.join('\n'),
    );
  });

  it('infers the features of JSON Lines, with what lies inside', async () => {
    await project.write('logs.jsonl', logs);
    const { notes } = await make('logs', 'logs.jsonl');
    const builder = await builderOf('logs');
    assert.match(builder, /user: record\(\{ name: text\(\), age: optional\(scalar\('int64'\)\) }/);
    assert.match(builder, /tags: sequence\(classLabel\(\{ names: \['a', 'b'\] }\)/);
    assert.match(builder, /embedding: tensor\(\{ dtype: 'float64', shape: \[3\]/);
    assert.match(builder, /^ {2}\/\/ The column none is left out: it has no value in any row\.$/m);
    assert.match(notes.join('\n'), /The column mixed is left out: its values are 150 integers/);
  });

  it('takes the types of Parquet from its schema', async function () {
    const file = await project.write('sales.parquet', '');
    const rows = Array.from({ length: 250 }, (_, row) => row);
    const columns = {
      sale_id: { type: 'pa.int64()', values: rows.map((row) => BigInt(row)) },
      count: { type: 'pa.int16()', values: rows },
      part: { type: 'pa.float32()', values: rows.map((row) => row / 2) },
      picture: { type: 'pa.binary()', values: rows.map((row) => new Uint8Array([row])) },
      seconds: { type: 'pa.float64()', values: rows.map((row) => (row === 7 ? null : row)) },
      at: { type: "pa.timestamp('us')", values: rows.map((row) => BigInt(row)) },
    };
    await requireOracle(this).call('arrow.write_parquet', { file, columns });
    await make('sales', 'sales.parquet');
    const builder = await builderOf('sales');
    for (const feature of [
      /count: scalar\('int16'/,
      /part: scalar\('float32'/,
      /picture: scalar\('bytes'/,
      /seconds: optional\(scalar\('float64'/,
    ])
      assert.match(builder, feature);
    assert.match(builder, /at: scalar\('int64', \{ .*unit: 'microseconds since 1970-01-01T00:00Z'/);
    assert.match(builder, /key: 'sale_id'/);
  });

  it('sees semicolons between the fields, and rows that nothing identifies', async () => {
    const lines = Array.from({ length: 30 }, (_, row) => `${row % 3};1,5`);
    await project.write('few.csv', `kind;size\n${lines.join('\n')}\n`);
    const { notes } = await make('few', 'few.csv');
    const builder = await builderOf('few');
    assert.match(builder, /csv: \{ delimiter: ';' }/);
    assert.doesNotMatch(builder, /^ {4}(?:key|splits):/m);
    assert.match(notes.join('\n'), /No column was seen to identify each of the 30 rows\. Its file and its index there/);
  });

  it('runs a query, and keeps it beside the builder', async () => {
    const query = `-- by mood
SELECT ticket_id, CAST(id AS INTEGER) AS id, mood, sum(CAST(id AS INTEGER)) OVER () AS total, CAST(id AS DECIMAL(9, 2)) AS price,
  DATE '2026-01-01' + CAST(id AS INTEGER) AS day, TIMESTAMP '2026-01-01' AS at, { a: 1, b: ['x', 'y'] } AS inside, nullif(note, '') AS note
FROM reviews`;
    await project.write('queries/by_mood.sql', query);
    await project.write('exports/reviews.csv', reviews());
    const refused = await project.run(['new', 'refused', '--from', 'queries/by_mood.sql']);
    assert.match(
      refused.stderr,
      /by_mood\.sql line 4: .*reviews does not exist(?:.*\n)*hint: Name the files of its tables: --table/,
    );
    await make('queried', 'queries/by_mood.sql', '--table', 'reviews=exports/reviews.csv');
    const builder = await builderOf('queried');
    for (const feature of [
      /^ {2}id: scalar\('int32'/m,
      /mood: classLabel\(/,
      /total: scalar\('int64'/,
      /price: scalar\('float64', \{ .*caveats: 'Rounded from an exact decimal\.'/,
      /day: text\(/,
      /at: scalar\('int64', \{ .*unit: 'microseconds since/,
      /inside: record\(\{ a: scalar\('int32'\), b: sequence\(/,
      /note: optional\(text\(/,
      /key: 'ticket_id'/,
      /tables: \{ reviews: '\.\.\/\.\.\/exports\/reviews\.csv' }/,
    ])
      assert.match(builder, feature);
    assert.equal(await readFile(project.path('datasets/queried/queried.sql'), 'utf8'), query);
  });

  it('refuses a query of whose rows no column is unique', async () => {
    await project.write('same.sql', 'SELECT 1 AS one FROM range(3)');
    const { code, stderr } = await project.run(['new', 'refused', '--from', 'same.sql']);
    assert.equal(code, 1);
    assert.match(stderr, /QUERY_INVALID.*no column of its result identifies a row/);
  });

  it('says where files lie that only this machine has, and reads compressed ones', async () => {
    const file = join(elsewhere, 'far.csv.gz');
    await writeFile(file, gzipSync('id,a\n1,2\n2,3\n'));
    const { notes } = await make('far', file);
    assert.match(await builderOf('far'), new RegExp(`files: '${file}'`));
    assert.match(notes.join('\n'), /lies outside of the project/);
  });

  it('infers the features of objects in a bucket', async function () {
    const bucket = await (await requireGcs(this)).newBucket();
    await bucket.storage.write('exports/part-0.csv', 'id,stars\n1,5\n2,4\n');
    await bucket.storage.write('exports/part-1.csv', 'id,stars\n3,5\n4,\n');
    await project.install('@google-cloud/storage');
    const url = `${bucket.url}/exports/part-*.csv`;
    await make('remote', url);
    const builder = await builderOf('remote');
    assert.ok(builder.includes(`files: '${url}'`), builder);
    assert.match(builder, /stars: optional\(scalar\('int64'/);
    assert.match(builder, /key: 'id'/);
  });

  it('makes data sets whose own tests pass and whose types are right', async () => {
    assert.ok(made.length >= 4, `only ${made.join(', ')} were made`);
    await assertTestsPass(made);
  });

  /** Runs the data sets' own tests as `npm test` of their project does, and checks all types strictly. */
  async function assertTestsPass(names: readonly string[]): Promise<void> {
    const tests = names.map((name) => `datasets/${name}/builder.test.ts`);
    const tested = await capture(process.execPath, ['--import', 'tsx', '--test', ...tests], {
      cwd: project.directory,
      // One process a test is enough: what threads do is tested elsewhere.
      env: { ...process.env, NODE_OPTIONS: '', AILAB_DATASETS_RUNNER: 'inline' },
    });
    assert.equal(tested.exitCode, 0, tested.stdout + tested.stderr);
    assert.match(tested.stdout, new RegExp(`pass ${names.length}\\b`));
    const checked = await capture(process.execPath, [
      join(packageRoot, 'node_modules', 'typescript', 'bin', 'tsc'),
      '-p',
      project.directory,
    ]);
    assert.equal(checked.exitCode, 0, checked.stdout);
  }

  for (const [what, flags, pattern] of [
    ['a file that is not there', ['--from', 'none.csv'], /none\.csv/],
    ['a kind besides', ['--from', 'few.csv', '--kind', 'images'], /--from says by itself/],
    ['tables without a query', ['--from', 'few.csv', '--table', 'a=b.csv'], /--table names files for a query/],
    ['a warehouse without a query', ['--from', 'few.csv', '--warehouse', 'bigquery'], /--warehouse says where a query/],
    ['files of another kind', ['--from', 'ailab-datasets.config.ts'], /UNSUPPORTED/],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const { code, stderr } = await project.run(['new', 'refused', ...flags]);
      assert.notEqual(code, 0);
      assert.match(stderr, pattern);
    });
  }
});
