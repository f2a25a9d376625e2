import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { inspect } from 'node:util';
import { status } from '@grpc/grpc-js';
import { type BuildOptions, type BuildResult, build, load } from '../../src/build/index.js';
import type { BigQueryConfig, DatasetsConfig } from '../../src/core/config/index.js';
import { DatasetsError } from '../../src/core/errors/index.js';
import { readManifest } from '../../src/registry/index.js';
import { openStorage } from '../../src/storage/index.js';
import { TeamProject } from '../build/team-project.js';
import {
  accessDenied,
  expiredSnapshot,
  type FakeBigQuery,
  type FakeQuery,
  type FakeRow,
  type FakeSettings,
  fieldsOf,
  notFound,
  quotaExceeded,
  rateLimitExceeded,
  startFakeBigQuery,
  tooManyRequests,
  unavailable,
} from './index.js';

const body = `
  static override readonly versions = { '1.0.0': 'First release.' };
  override info() { return { description: 'Clicks.', features: features({ price: text(), at: scalar('int64') }) }; }
  override splits(p: any) {
    const query = lib.sql(new URL('./clicks.sql', import.meta.url), {
      retain: 'none', params: { least: 3 }, types: { id: 'int64', price: 'decimal', at: 'timestamp' },
    });
    return { train: p.read(query).keyBy((row: any) => row.id).mapValues(({ price, at }: any) => ({ price, at })) };
  }`;

const rowCount = 50;
const rows: readonly FakeRow[] = Array.from({ length: rowCount }, (_, index) => ({
  id: 9007199254740993n + BigInt(index),
  price: `${index}.000000001`,
  at: 1_700_000_000_000_001n + BigInt(index),
}));
/** Large enough, as it says, for three streams. */
const result = { fields: fieldsOf({ id: 'INTEGER', price: 'NUMERIC', at: 'TIMESTAMP' }), rows, bytes: 80 * 2 ** 20 };
const query: FakeQuery = { result, bytesProcessed: 50 * 2 ** 20 };
const paidOnce = [50 * 2 ** 20];

const interrupted = new DatasetsError('INTERRUPTED', 'interrupted by SIGINT');
const preempted = new DatasetsError('PREEMPTED', 'interrupted by SIGTERM');

describe('a build on BigQuery', () => {
  let project: TeamProject;
  let fake: FakeBigQuery | undefined;

  beforeEach(async () => {
    project = await TeamProject.create();
    await project.addDataset('clicks', body);
    await project.addFile('datasets/clicks/clicks.sql', 'SELECT id, price, at\nFROM logs.clicks WHERE id > @least\n');
  });
  afterEach(async () => {
    await fake?.stop();
    fake = undefined;
    await project.remove();
  });

  const start = async (settings: FakeSettings = {}): Promise<FakeBigQuery> => {
    fake = await startFakeBigQuery({
      ...{ queries: [query], datasets: ['results'], rowsPerBatch: 4, streams: 3 },
      ...settings,
    });
    return fake;
  };
  const configuration = (bigquery: BigQueryConfig = {}, flags: DatasetsConfig = {}) =>
    project.config({
      ...{ warehouse: 'bigquery', runner: 'inline', bigquery: { project: 'test', dataset: 'results', ...bigquery } },
      ...flags,
    });
  const run = async (options: Partial<BuildOptions> = {}): Promise<BuildResult> =>
    build('clicks', { config: await configuration(), ...options });

  /** Every row, exact. */
  const checkRows = async (): Promise<void> => {
    const seen: [unknown, unknown][] = [];
    const config = await configuration();
    for await (const { price, at } of await load('clicks', { split: 'train', config, build: 'never' })) {
      seen.push([price, at]);
    }
    const expected = rows.map(({ price, at }) => [price, at]);
    assert.deepEqual(seen.sort(byTime), expected);
  };
  const byTime = ([, a]: [unknown, unknown], [, b]: [unknown, unknown]) => Number((a as bigint) - (b as bigint));

  const refuses = async (building: Promise<unknown>, code: string, message: RegExp, hint = /./) => {
    let refused: DatasetsError | undefined;
    await assert.rejects(building, (error) => {
      assert.ok(error instanceof DatasetsError, inspect(error));
      assert.equal(error.code, code, inspect(error));
      assert.match(error.message, message);
      assert.match(error.hint ?? '', hint);
      refused = error;
      return true;
    });
    return refused;
  };
  const billed = (server: FakeBigQuery) => server.paid.map(({ bytesBilled }) => bytesBilled);

  it('reads its result in streams by several workers, and records job, bytes and table', async () => {
    const server = await start();
    const { directory } = await build('clicks', { config: await configuration({}, { runner: 'threads', workers: 2 }) });
    await checkRows();
    assert.deepEqual(billed(server), paidOnce);
    assert.deepEqual(
      server.calls.filter(({ operation }) => operation.startsWith('jobs.insert')).map(({ operation }) => operation),
      ['jobs.insert dry run', 'jobs.insert'],
    );
    const streams = new Set(server.callsOf('ReadRows').map(({ id }) => id));
    assert.equal(streams.size, 3);
    const [inserted] = server.callsOf('jobs.insert');
    assert.ok(inserted !== undefined);
    const { configuration: asked, jobReference } = inserted.body as InsertedJob;
    assert.deepEqual([asked.query.maximumBytesBilled, asked.jobTimeoutMs], [String(100 * 2 ** 30), '21600000']);
    assert.deepEqual(asked.labels, {
      ailab_datasets: 'build',
      ailab_dataset: 'clicks',
      ailab_version: '1-0-0',
      ailab_builder: 'sample',
    });
    const storage = await openStorage(directory);
    const manifest = await readManifest(storage, '');
    const recorded = manifest?.sources.find((source) => 'query' in source);
    const job = `test:US.${jobReference.jobId}`;
    assert.deepEqual(
      { ...recorded?.query, expires: '' },
      {
        ...{ job, bytesProcessed: 50 * 2 ** 20, bytesBilled: 50 * 2 ** 20, expires: '' },
        result: `test.results.${jobReference.jobId}`,
      },
    );
    const hours = (Date.parse(recorded?.query?.expires ?? '') - Date.now()) / 3_600_000;
    assert.ok(hours > 71 && hours <= 72, `it expires in ${hours} hours`);
  });

  it('asks again what is refused for now, and pays once', async () => {
    const server = await start({
      faults: [
        { on: 'datasets.get', reply: tooManyRequests },
        { on: 'jobs.insert dry run', reply: rateLimitExceeded },
        { on: 'jobs.insert', reply: unavailable },
        { on: 'jobs.get', reply: 'connection lost' },
        { on: 'tables.get', reply: unavailable },
        { on: 'CreateReadSession', code: status.UNAVAILABLE },
      ],
    });
    await run();
    await checkRows();
    assert.deepEqual(billed(server), paidOnce);
    assert.equal(server.callsOf('jobs.insert').length, 2);
  });

  it('finds the job whose start it did not hear of', async () => {
    const server = await start({
      faults: [
        { on: 'jobs.insert', reply: 'connection lost', isApplied: true },
        { on: 'jobs.insert', reply: unavailable, isApplied: true },
      ],
    });
    await run();
    await checkRows();
    assert.deepEqual(billed(server), paidOnce);
    const jobs = server.callsOf('jobs.insert').map(({ body }) => (body as InsertedJob).jobReference.jobId);
    assert.equal(new Set(jobs).size, 1);
  });

  it('runs a query again whose job failed by BigQuery itself, under another id', async () => {
    const backend = { reason: 'backendError', message: 'The job encountered an error during execution.' };
    const limit = { reason: 'rateLimitExceeded', message: 'Exceeded rate limits' };
    const server = await start({ queries: [{ ...query, failures: [backend, limit, undefined] }] });
    await run();
    await checkRows();
    assert.deepEqual(billed(server), paidOnce);
    assert.equal(server.callsOf('jobs.insert').length, 3);
  });

  it('goes on with a stream that breaks half-way, from the row that comes next', async () => {
    const codes = [status.UNAVAILABLE, status.INTERNAL, status.DEADLINE_EXCEEDED];
    const faults = codes.map((code) => ({ on: 'ReadRows', code, afterRows: 7 }) as const);
    const server = await start({ faults, streams: 1 });
    await run();
    await checkRows();
    const offsets = server.callsOf('ReadRows').map(({ body }) => Number((body as { offset: string }).offset));
    assert.equal(offsets.length, 4);
    // Google's client may drop a message that has come when the stream breaks: it is sent again.
    for (const [index, offset] of offsets.slice(1).entries()) {
      const gained = offset - (offsets[index] ?? 0);
      assert.ok(gained >= 0 && gained <= 7, `it asked from ${offsets.join(', ')} on`);
    }
  });

  it('says who may not do what, and asks once', async () => {
    const denied = await start({ faults: [{ on: 'jobs.insert dry run', reply: accessDenied, times: 9 }] });
    await refuses(run(), 'WAREHOUSE_DENIED', /clicks\.sql: Access Denied/, /roles\/bigquery\.jobUser.* test/);
    assert.equal(denied.callsOf('jobs.insert dry run').length, 1);
    await denied.stop();
    const unreadable = await start({
      faults: [{ on: 'ReadRows', code: status.PERMISSION_DENIED, afterRows: 2, times: 9 }],
    });
    await refuses(run({ restart: true }), 'WAREHOUSE_DENIED', /clicks\.sql/, /readSessionUser/);
    assert.deepEqual(billed(unreadable), paidOnce);
  });

  it('says what it did not find, and where it looked', async () => {
    const refusal = { reason: 'notFound', message: notFound.message ?? '' };
    const server = await start({ queries: [{ refusal }] });
    await refuses(run(), 'SOURCE_NOT_FOUND', /clicks\.sql: Not found: Table/, /US.*bigquery\.location/);
    assert.equal(server.callsOf('jobs.insert').length, 0);
    await server.stop();
    await start({ datasets: [] });
    await refuses(run({ restart: true }), 'SOURCE_NOT_FOUND', /test\.results/, /bq mk .*test:results/);
  });

  it('refuses scripts, other statements and what is temporary by name, before anything is paid', async () => {
    for (const [text, statementType, message, hint] of [
      ['DECLARE x INT64 DEFAULT 3; SELECT x AS id', 'SCRIPT', /clicks\.sql: .*script of several statements/, /WITH/],
      ['CREATE TABLE a.b AS SELECT 1 AS id', 'CREATE_TABLE_AS_SELECT', /of type CREATE_TABLE_AS_SELECT/, /one SELECT/],
      [
        '-- once\nCREATE TEMP FUNCTION f(x INT64) AS (x); SELECT f(1) AS id',
        'SELECT',
        /makes something temporary/,
        /kept/,
      ],
      ['CREATE TEMPORARY TABLE t AS SELECT 1 AS id', 'SCRIPT', /script of several statements/, /WITH/],
    ] as const) {
      await project.addFile('datasets/clicks/clicks.sql', `${text}, @least AS least`);
      const server = await start({ queries: [{ ...query, statementType }] });
      await refuses(run({ restart: true }), 'QUERY_INVALID', message, hint);
      assert.equal(server.callsOf('jobs.insert').length, 0);
      await server.stop();
    }
  });

  it('names a wildcard among its inputs, of which BigQuery describes no table', async () => {
    const referencedTables = [
      { projectId: 'test', datasetId: 'logs', tableId: 'clicks_*' },
      { projectId: 'test', datasetId: 'logs', tableId: 'items' },
    ];
    await start({ queries: [{ ...query, referencedTables }], tables: { 'logs.items': result } });
    const { directory } = await run();
    await checkRows();
    const manifest = await readManifest(openStorage(directory), '');
    const inputs = manifest?.sources.filter(({ uri }) => uri.startsWith('bigquery:'));
    assert.deepEqual(
      inputs?.map(({ uri, modified }) => [uri, modified !== undefined]),
      [
        ['bigquery:test.logs.clicks_*', false],
        ['bigquery:test.logs.items', true],
      ],
    );
  });

  it('says that a quota is used up, and the job', async () => {
    const failure = { reason: 'quotaExceeded', message: quotaExceeded.message ?? '' };
    const server = await start({ queries: [{ ...query, failures: [failure] }] });
    await refuses(run(), 'WAREHOUSE_FAILED', /Quota exceeded.*\(job test:US\.\w+\)/, /quotas\?project=test/);
    assert.deepEqual(billed(server), []);
  });

  it('runs no query above the cap, and says both', async () => {
    const server = await start({ queries: [{ ...query, bytesProcessed: 3 * 2 ** 30 }] });
    const config = await configuration({ maximumBytesBilled: '1 GiB' });
    await refuses(run({ config }), 'LIMIT_EXCEEDED', /reads 3 GiB.*at most 1 GiB/, /maximumBytesBilled: '4 GiB'/);
    assert.equal(server.callsOf('jobs.insert').length, 0);
  });

  it('pays nothing for a query that turns out to read more than its dry run said', async () => {
    const server = await start({ queries: [{ ...query, bytesProcessed: 3 * 2 ** 30, bytesEstimated: 1 }] });
    const config = await configuration({ maximumBytesBilled: '1 GiB' });
    await refuses(run({ config }), 'LIMIT_EXCEEDED', /maximumBytesBilled/, /maximumBytesBilled/);
    assert.deepEqual(billed(server), []);
  });

  it('says that the state which it asks for has gone', async () => {
    const server = await start({ queries: [{ ...query, failures: [expiredSnapshot] }] });
    await refuses(run(), 'QUERY_INVALID', /clicks\.sql.*Cannot read before/, /seven days.*--restart/);
    assert.deepEqual(billed(server), []);
  });

  it('shows no value of a row in an error', async () => {
    const messages = [
      'Bad int64 value: secret',
      "Could not cast literal 'secret' to type INT64",
      'Invalid date: secret of a snapshot',
      'secret says so',
      'Failed to parse input string "secret"; time travel',
      'Already Exists: secret',
      'Resources exceeded: secret',
      'Invalid time travel timestamp secret',
    ];
    for (const message of messages) {
      const server = await start({ queries: [{ ...query, failures: [{ reason: 'invalidQuery', message }] }] });
      const error = await refuses(run({ restart: true }), 'QUERY_INVALID', /clicks\.sql.*\(job test:US\.\w+\)/);
      assert.doesNotMatch(inspect(error, { depth: 9 }), /secret/, message);
      await server.stop();
    }
    fake = undefined;
  });

  it('cancels its job at Ctrl-C', async () => {
    const controller = new AbortController();
    const server = await start({
      queries: [{ ...query, polls: 'forever' }],
      onCall: ({ operation }) => operation === 'jobs.get' && controller.abort(interrupted),
    });
    await refuses(run({ signal: controller.signal }), 'INTERRUPTED', /clicks/);
    assert.equal(server.callsOf('jobs.cancel').length, 1);
    assert.deepEqual(billed(server), []);
  });

  it('is cancelled from the command line, too', async () => {
    let child: ReturnType<typeof spawn> | undefined;
    let interrupts = 0;
    const server = await start({
      queries: [{ ...query, polls: 'forever' }],
      // Once: a second one ends the process.
      onCall: ({ operation }) => operation === 'jobs.get' && interrupts++ === 0 && child?.kill('SIGINT'),
    });
    const bigquery = { project: 'test', dataset: 'results' };
    await project.addFile('ailab-datasets.config.json', JSON.stringify({ datasets: ['datasets'], bigquery }));
    const command = new URL('../../cli/main.js', import.meta.url).pathname;
    const argv = [command, 'build', 'clicks', '--warehouse', 'bigquery', '--registry', project.registry];
    child = spawn(process.execPath, argv, { cwd: project.directory, stdio: ['ignore', 'ignore', 'pipe'] });
    const said = child.stderr?.toArray();
    const [code] = await once(child, 'exit');
    assert.equal(code, 130, String(await said));
    assert.equal(server.callsOf('jobs.cancel').length, 1);
    assert.deepEqual(billed(server), []);
  });

  it('leaves its job running when the machine is taken away, and joins it when it goes on', async () => {
    const controller = new AbortController();
    const server = await start({
      queries: [{ ...query, polls: 1 }],
      onCall: ({ operation }) => operation === 'jobs.get' && controller.abort(preempted),
    });
    await refuses(run({ signal: controller.signal }), 'PREEMPTED', /clicks/);
    assert.equal(server.callsOf('jobs.cancel').length, 0);
    await run();
    await checkRows();
    assert.deepEqual(billed(server), paidOnce);
  });

  it('goes on with the result that it has paid for when reading it has failed', async () => {
    const faults = [{ on: 'ReadRows', code: status.FAILED_PRECONDITION, afterRows: 5, after: 1, times: 9 }] as const;
    const server = await start({ faults });
    const stream = /clicks\.sql: its result is not there any more/;
    await refuses(run(), 'WAREHOUSE_FAILED', stream, /Build again: it makes a new session/);
    server.clearFaults();
    await run();
    await checkRows();
    assert.deepEqual(billed(server), paidOnce);
    assert.equal(server.callsOf('CreateReadSession').length, 2);
  });

  it('goes on with the streams that it has read, where a fault passed by', async () => {
    const faults = [{ on: 'ReadRows', code: status.DATA_LOSS, afterRows: 5, after: 2, times: 9 }] as const;
    const server = await start({ faults });
    await refuses(run(), 'WAREHOUSE_FAILED', /clicks\.sql: its result can't be read/, /Build again/);
    server.clearFaults();
    const before = server.callsOf('ReadRows').length;
    await run();
    await checkRows();
    assert.deepEqual([billed(server), server.callsOf('CreateReadSession').length], [paidOnce, 1]);
    const read = server.callsOf('ReadRows').slice(before);
    assert.deepEqual(
      read.map(({ id }) => id.slice(-1)),
      ['2'],
    );
  });

  it('runs its query again where the result has expired in between', async () => {
    const server = await start({
      faults: [{ on: 'ReadRows', code: status.FAILED_PRECONDITION, afterRows: 5, times: 9 }],
    });
    await refuses(run(), 'WAREHOUSE_FAILED', /not there any more/, /runs the query again where the table is gone/);
    server.clearFaults();
    for (const name of server.tableNames()) server.expire(name);
    const { directory } = await run();
    await checkRows();
    assert.equal(billed(server).length, 2);
    const manifest = await readManifest(openStorage(directory), '');
    const recorded = manifest?.sources.find(({ query }) => query !== undefined)?.query;
    assert.equal(recorded?.job, `test:US.${server.paid[1]?.jobId}`);
  });
});

interface InsertedJob {
  readonly jobReference: { readonly jobId: string };
  readonly configuration: {
    readonly labels: object;
    readonly jobTimeoutMs: string;
    readonly query: { readonly maximumBytesBilled: string };
  };
}
