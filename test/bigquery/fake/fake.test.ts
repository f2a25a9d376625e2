import assert from 'node:assert/strict';
import { BigQuery, type Query } from '@google-cloud/bigquery';
import { v1 } from '@google-cloud/bigquery-storage';
import { credentials, status } from '@grpc/grpc-js';
import { tableFromIPC } from 'apache-arrow';
import {
  expiredSnapshot,
  type FakeBigQuery,
  type FakeField,
  type FakeRow,
  type FakeSettings,
  rateLimitExceeded,
  startFakeBigQuery,
} from '../index.js';

const fields: readonly FakeField[] = [
  { name: 'id', type: 'INTEGER', mode: 'REQUIRED' },
  { name: 'name', type: 'STRING' },
  { name: 'price', type: 'NUMERIC' },
  { name: 'at', type: 'TIMESTAMP' },
  { name: 'blob', type: 'BYTES' },
  { name: 'tags', type: 'STRING', mode: 'REPEATED' },
  {
    name: 'place',
    type: 'RECORD',
    fields: [
      { name: 'x', type: 'FLOAT' },
      { name: 'ok', type: 'BOOLEAN' },
    ],
  },
];
const rowCount = 25;
const rows: readonly FakeRow[] = Array.from({ length: rowCount }, (_, index) => ({
  id: 9007199254740993n + BigInt(index),
  name: index % 5 === 0 ? null : `name ${index}`,
  price: `-${index}.500000001`,
  at: 1_700_000_000_000_001n + BigInt(index),
  blob: new Uint8Array([0, 255, index]),
  tags: Array.from({ length: index % 3 }, (_, tag) => `tag ${tag}`),
  place: index % 2 === 0 ? null : { x: index / 2, ok: true },
}));
const table = { fields, rows };

describe('the fake of BigQuery', () => {
  let fake: FakeBigQuery;
  let client: BigQuery;

  const start = async (settings: FakeSettings): Promise<void> => {
    fake = await startFakeBigQuery(settings);
    process.env['METADATA_SERVER_DETECTION'] = 'none';
    client = new BigQuery({ projectId: fake.project, apiEndpoint: fake.url, autoRetry: false });
  };
  const run = async (query: Partial<Query> = {}) => {
    const [job] = await client.createQueryJob({ query: 'SELECT 1', ...query });
    const [rows] = await job.getQueryResults({ wrapIntegers: true });
    return { job, rows };
  };

  describe('over REST, to the official client', () => {
    afterEach(() => fake.stop());

    it('gives rows by pages, and says what they cost', async () => {
      await start({ queries: [{ result: table, bytesProcessed: 30 * 2 ** 20 + 1 }], rowsPerPage: 10 });
      const { job, rows } = await run({ labels: { dataset: 'a-b_c' } });
      assert.equal(rows.length, rowCount);
      assert.deepEqual(rows[24].id.value, '9007199254741017');
      assert.deepEqual(
        [rows[24].price.toString(), rows[24].at.value],
        ['-24.500000001', '2023-11-14T22:13:20.000025000Z'],
      );
      assert.deepEqual([rows[1].tags, rows[1].place, rows[0].name], [['tag 0'], { x: 0.5, ok: true }, null]);
      assert.equal(fake.callsOf('jobs.getQueryResults').length, 3);
      const [metadata] = await job.getMetadata();
      assert.equal(metadata.statistics.query.totalBytesBilled, String(31 * 2 ** 20));
      assert.deepEqual(fake.paid, [{ jobId: job.id, query: 'SELECT 1', bytesBilled: 31 * 2 ** 20 }]);
    });

    it('does a dry run for nothing, and holds the cap', async () => {
      await start({ queries: [{ result: table, bytesProcessed: 2 ** 30 }] });
      const [job] = await client.createQueryJob({ query: 'SELECT 1', dryRun: true });
      assert.equal(job.metadata.statistics.totalBytesProcessed, String(2 ** 30));
      assert.deepEqual(job.metadata.statistics.query.schema.fields, fields);
      await assert.rejects(run({ maximumBytesBilled: '1000000' }), {
        code: 400,
        message: /^Query exceeded limit for bytes billed: 1000000\. 1073741824 or higher required\.$/,
      });
      assert.deepEqual(fake.paid, []);
    });

    it('puts a result into its table, which expires', async () => {
      const script = { result: table };
      await start({ queries: [script], tables: { 'd.other': table } });
      const destination = client.dataset('d').table('result');
      await run({ destination });
      await assert.rejects(run({ destination }), { code: 409 });
      await run({ destination, writeDisposition: 'WRITE_TRUNCATE' });
      const [metadata] = await destination.setMetadata({ expirationTime: String(Date.now() + 60_000) });
      assert.equal(metadata.numRows, String(rowCount));
      assert.deepEqual(fake.tableNames(), ['d.other', 'd.result']);
      assert.equal((await destination.getRows({ wrapIntegers: true }))[0].length, rowCount);
      fake.expire('d.result');
      await assert.rejects(destination.getMetadata(), { code: 404 });
      await assert.rejects(client.dataset('none').table('result').getMetadata(), { code: 404 });
    });

    it('lets a job run until it is cancelled, and finds it in its own place only', async () => {
      await start({ queries: [{ polls: 'forever' }], location: 'europe-west1' });
      const [job] = await client.createQueryJob({ query: 'SELECT 1', location: 'europe-west1' });
      await assert.rejects(client.job(job.id ?? '').getMetadata(), { code: 404 });
      const [metadata] = await job.getMetadata();
      assert.equal(metadata.status.state, 'RUNNING');
      await job.cancel();
      await assert.rejects(job.getQueryResults(), /cancelled/);
      assert.deepEqual(fake.paid, []);
    });

    it('fails as its script says', async () => {
      await start({
        queries: [
          { matches: /old/, failures: [expiredSnapshot] },
          { failures: [rateLimit, undefined], result: table },
        ],
        faults: [
          { on: 'jobs.insert', reply: rateLimitExceeded },
          { on: 'jobs.insert', reply: 'connection lost', isApplied: true, after: 1 },
          { on: 'jobs.get', reply: { status: 503, reason: 'backendError' } },
        ],
      });
      await assert.rejects(run(), { code: 403 });
      await assert.rejects(run({ query: 'SELECT old' }), /Cannot read before/);
      const again = { jobId: 'once', query: 'SELECT old' };
      await assert.rejects(run(again), /socket hang up|ECONNRESET/);
      await assert.rejects(run(again), { code: 409 });
      await assert.rejects(run(), /Exceeded rate limits/);
      const { job, rows } = await run();
      assert.equal(rows.length, rowCount);
      await assert.rejects(job.getMetadata(), { code: 503 });
    });
  });

  const rateLimit = { reason: 'rateLimitExceeded', message: 'Exceeded rate limits' };

  it('fails a test whose client asks what Google would refuse', async () => {
    const wrong: readonly [Partial<Query>, RegExp][] = [
      [{ labels: { Dataset: 'x' } }, /labels/],
      [{ labels: { dataset: 'Größe!' } }, /labels/],
      [{ jobId: 'a.b' }, /jobId/],
      [{ maximumBytesBilled: 'much' }, /maximumBytesBilled/],
      [{ wrapIntegers: true, unknown: 1 } as Partial<Query>, /unknown/],
    ];
    for (const [query, message] of wrong) {
      await start({ queries: [{ result: table }] });
      await assert.rejects(run(query), { code: 400 });
      await assert.rejects(fake.stop(), message);
    }
  });

  describe('over gRPC, to the official client', () => {
    let reader: v1.BigQueryReadClient;
    const open = async (settings: FakeSettings) => {
      await start({ tables: { 'd.t': table, 'd.empty': { fields, rows: [] } }, ...settings });
      const [apiEndpoint = '', port = ''] = fake.readHost.split(':');
      reader = new v1.BigQueryReadClient({
        ...{ apiEndpoint, port: Number(port), sslCreds: credentials.createInsecure(), projectId: fake.project },
      });
    };
    const session = async (name: string, selectedFields: string[] = []) => {
      const [created] = await reader.createReadSession({
        parent: `projects/${fake.project}`,
        readSession: {
          table: `projects/${fake.project}/datasets/d/tables/${name}`,
          dataFormat: 'ARROW',
          readOptions: { selectedFields },
        },
      });
      return created;
    };
    const read = async (readStream: string, offset: number) => {
      const messages: Uint8Array[] = [];
      let count = 0;
      try {
        for await (const reply of reader.readRows({ readStream, offset })) {
          if (reply.arrowSchema) messages.push(reply.arrowSchema.serializedSchema);
          messages.push(reply.arrowRecordBatch.serializedRecordBatch);
          count += Number(reply.rowCount);
        }
        return { messages, count };
      } catch (error) {
        return { messages, count, error: error as Error & { readonly code: number } };
      }
    };

    afterEach(async () => {
      await reader.close();
      await fake.stop();
    });

    it('streams tables in Arrow, from any offset', async () => {
      await open({ rowsPerBatch: 4, streams: 3 });
      const { streams } = await session('t');
      assert.equal(streams?.length, 3);
      const ids: unknown[] = [];
      for (const { name } of streams ?? []) {
        const { messages, count } = await read(name ?? '', 3);
        const part = tableFromIPC(Buffer.concat(messages));
        assert.equal(part.numRows, count);
        ids.push(...(part.getChild('id') ?? []));
        assert.deepEqual(
          [...(part.getChild('tags')?.get(0) ?? [])].length,
          Number((ids.at(-count) as bigint) - 9007199254740993n) % 3,
        );
      }
      assert.equal(ids.length, rowCount - 9);
      assert.equal(ids.at(-1), 9007199254740993n + 24n);
      assert.deepEqual((await session('empty')).streams, []);
    });

    it('streams the columns that are chosen, in the order of the table', async () => {
      await open({});
      const { streams } = await session('t', ['at', 'id']);
      const part = tableFromIPC(Buffer.concat((await read(streams?.[0]?.name ?? '', 0)).messages));
      assert.deepEqual(
        part.schema.fields.map(({ name }) => name),
        ['id', 'at'],
      );
    });

    it('breaks off where its script says', async () => {
      const faults = [{ on: 'ReadRows', code: status.INTERNAL, afterRows: 7, times: 9 }] as const;
      await open({ faults, rowsPerBatch: 4, streams: 1 });
      const { streams } = await session('t');
      const name = streams?.[0]?.name ?? '';
      const { count, error } = await read(name, 2);
      assert.equal(error?.code, status.INTERNAL);
      // The client drops what it holds when the stream breaks.
      assert.ok(count <= 7, `${count} rows`);
      fake.clearFaults();
      assert.equal((await read(name, 9)).count, rowCount - 9);
      await assert.rejects(session('none'), { code: status.NOT_FOUND });
    });
  });
});
