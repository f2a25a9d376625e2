import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildEvent, build } from '../../src/build/index.js';
import { DatasetsError } from '../../src/core/errors/index.js';
import { digestsBelow, TeamProject } from './team-project.js';

type BadRowsEvent = Extract<BuildEvent, { type: 'bad-rows' }>;

/** Ten files of a hundred rows; every file but the first has a bad row, file 7 has two. */
const badLines = (file: number): readonly number[] => (file === 0 ? [] : file === 7 ? [20, 21] : [10 * file]);
const badRows = 10;

function rowsOf(file: number): string {
  const rows = Array.from({ length: 100 }, (_, row) => {
    const line = row + 2;
    return badLines(file).includes(line) ? `person${file}@example.org,seventeen` : `${file * 100 + row},x`;
  });
  return `value,mail\n${rows.join('\n')}\n`;
}

/** @param slow awaits now and then, so that a build can be stopped before its end. */
const body = (limit: string, info = '', slow = false) => `
  static override readonly versions = { '1.0.0': 'First release.' };
  override info() { return { description: 'Rows.', features: features({ value: scalar('int64') }), ${info} }; }
  override splits(p: any) {
    const rows = p.read(csv('rows/*.csv', { types: { value: 'int64' }, maxBadRows: ${limit} }));
    return { train: rows.keyBy((row: any) => row.value).mapValues(${slow ? 'async ' : ''}(row: any) => {
      ${slow ? 'if (row.value % 100n > 95n) await new Promise((resolve) => setTimeout(resolve, 5));' : ''}
      return { value: row.value };
    }) };
  }`;

describe('a build with malformed rows', () => {
  let project: TeamProject;
  let made = 0;
  before(async () => {
    project = await TeamProject.create();
  });
  after(() => project.remove());

  /** A data set of its own: a module is loaded once. */
  async function addDataset(text: string, content = rowsOf): Promise<string> {
    const name = `rows_${made++}`;
    await project.addDataset(name, text);
    for (let file = 0; file < 10; file++) await project.addFile(`datasets/${name}/rows/${file}.csv`, content(file));
    return name;
  }

  const configOf = (registry: string, workers: number) =>
    project.config({
      registry,
      workers,
      runner: workers === 1 ? 'inline' : 'threads',
      workDirectory: `work-${registry}`,
    });

  async function run(name: string, registry: string, workers: number) {
    let event: BadRowsEvent | undefined;
    const onProgress = (happened: BuildEvent) => {
      if (happened.type === 'bad-rows') event = happened;
    };
    const result = await build(name, { config: await configOf(registry, workers), onProgress });
    assert.ok(event, 'the build says what it left out');
    return { result, event };
  }

  async function failure(name: string, workers: number): Promise<DatasetsError> {
    const error: unknown = await build(name, { config: await configOf('failed', workers) }).catch((e: unknown) => e);
    assert.ok(error instanceof DatasetsError, String(error));
    return error;
  }

  const entriesOf = async (file: string): Promise<readonly Record<string, unknown>[]> =>
    (await readFile(file, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));

  it('leaves out as many as it may, counts them, keeps them, and gives the same bytes with any number of workers', async () => {
    const name = await addDataset(body(`{ rows: ${badRows}, fraction: 0.01 }`));
    const [one, three] = [await run(name, 'one', 1), await run(name, 'three', 3)];
    assert.deepEqual(await digestsBelow(one.result.directory), await digestsBelow(three.result.directory));
    assert.deepEqual(one.result.counters, { 'csv(rows/*.csv) bad rows': badRows });
    assert.equal(one.result.splits[0]?.examples, 1000 - badRows);
    const { report } = one.event;
    assert.equal(report.rows, badRows);
    assert.equal(
      report.examples[0],
      'rows/1.csv line 10, column 1: a text of 19 characters in column "value" is not of type int64',
    );
    const expected = Array.from({ length: 10 }, (_, file) => badLines(file).map((line) => [`rows/${file}.csv`, line]));
    for (const { event } of [one, three]) {
      const entries = await entriesOf(event.report.quarantine);
      assert.deepEqual(
        entries.map(({ file, line }) => [file, line]),
        expected.flat(),
      );
      assert.equal(entries[0]?.['raw'], 'person1@example.org,seventeen');
    }
    const manifest = JSON.parse(await readFile(join(one.result.directory, 'manifest.json'), 'utf8'));
    const counts = manifest.sources.map(({ uri, badRows: count }: { uri: string; badRows?: number }) => [uri, count]);
    assert.deepEqual(counts.slice(0, 2), [
      ['rows/0.csv', undefined],
      ['rows/1.csv', 1],
    ]);
    assert.deepEqual(counts[7], ['rows/7.csv', 2]);
  });

  it('fails above the limit of all shards together, with the same words whoever read what', async () => {
    const name = await addDataset(body('9'));
    const [one, three] = [await failure(name, 1), await failure(name, 3)];
    assert.equal(one.code, 'SOURCE_MALFORMED');
    assert.match(
      one.message,
      /^csv\(rows\/\*\.csv\): 10 of 1000 rows are malformed, 9 may be\. The first: rows\/1\.csv line 10,/,
    );
    assert.ok(!one.message.includes('person') && !one.message.includes('seventeen'));
    assert.equal(one.message, three.message);
    assert.deepEqual([one.hint, one.at], [three.hint, three.at]);
    assert.equal((await entriesOf(one.at.file ?? '')).length, badRows);
  });

  it('fails above a fraction, and stops to read a shard that alone is too bad', async () => {
    const fraction = await addDataset(body('{ fraction: 0.009 }'));
    assert.match((await failure(fraction, 2)).message, /10 of 1000 rows are malformed, a fraction of 0\.009 may be/);
    const spoilt = (file: number) => (file === 5 ? `value,mail\n${'x,y\n'.repeat(5000)}` : rowsOf(file));
    const name = await addDataset(body('20'), spoilt);
    const [one, three] = [await failure(name, 1), await failure(name, 3)];
    assert.match(one.message, /: at least 30 rows are malformed, 20 may be/);
    assert.equal(one.message, three.message);
  });

  it('goes on after it was stopped without counting twice', async () => {
    const name = await addDataset(body('10', '', true));
    const whole = await run(name, 'whole', 2);
    const controller = new AbortController();
    const stopped = build(name, {
      config: await configOf('again', 1),
      signal: controller.signal,
      onProgress: (event) => {
        if (event.type === 'task-end' && event.done === 4)
          controller.abort(new DatasetsError('PREEMPTED', 'interrupted by SIGTERM'));
      },
    });
    await assert.rejects(stopped, { code: 'PREEMPTED' });
    const { result, event } = await run(name, 'again', 3);
    assert.ok(result.units.reused >= 4, `${result.units.reused} units were reused`);
    assert.deepEqual(result.counters, whole.result.counters);
    assert.deepEqual(await digestsBelow(result.directory), await digestsBelow(whole.result.directory));
    assert.deepEqual(await entriesOf(event.report.quarantine), await entriesOf(whole.event.report.quarantine));
  });

  it('keeps none of their text where the data set has personal fields or keys, or its author says so', async () => {
    const personal = "keyPii: 'customer', privacy: { customer: lib.keep('the keys are made up') }";
    for (const [limit, info] of [
      ['10', personal],
      ['{ rows: 10, keepRows: false }', ''],
    ] as const) {
      const { event } = await run(await addDataset(body(limit, info)), 'private', 2);
      const text = await readFile(event.report.quarantine, 'utf8');
      assert.equal(text.trimEnd().split('\n').length, badRows);
      assert.ok(!text.includes('person') && !text.includes('raw') && !text.includes('seventeen'), text);
    }
    const error = await failure(await addDataset(body('0', personal)), 1);
    assert.match(error.message, /rows\/1\.csv line 10, column 1: a text of 19 characters/);
    assert.ok(!JSON.stringify([error.message, error.hint, error.at]).includes('person'));
  });

  it('removes what an earlier build of the version left out', async () => {
    const name = await addDataset(body('10'));
    const { event } = await run(name, 'clean', 2);
    for (let file = 0; file < 10; file++) await project.addFile(`datasets/${name}/rows/${file}.csv`, rowsOf(0));
    const twice = await build(name, { config: await configOf('clean', 2), ifExists: 'overwrite' }).catch(
      (e: unknown) => e,
    );
    assert.ok(twice instanceof DatasetsError && twice.code === 'KEY_DUPLICATE', String(twice));
    assert.ok(!existsSync(event.report.quarantine));
  });
});
