import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { defaultBigQuerySettings } from '../../src/core/config/index.js';
import { type SourceContext, type SourceShard, sql } from '../../src/sources/index.js';

/**
 * Reads a table of BigQuery by the Storage Read API: `node storage-read.js <project> <dataset> <table> <workers>`. The query that pins the result, and loading the client in each worker, don't count: the
 * clock starts when all workers are ready, and stops when every row of every stream has become an object in one of them.
 */
const [project = '', dataset = '', table = '', workers = '1'] = process.argv.slice(2);

interface Share {
  readonly shards: readonly SourceShard[];
  readonly context: SourceContext;
}

function source() {
  return sql(`SELECT * FROM ${table}`, { int64: 'number', timestamps: 'date' });
}

async function main(): Promise<void> {
  const stagingDirectory = mkdtempSync(join(tmpdir(), 'ailab-bench-read-'));
  const context: SourceContext = {
    baseDirectory: stagingDirectory,
    stagingDirectory,
    warehouse: 'bigquery',
    bigquery: { ...defaultBigQuerySettings, project, dataset },
    build: { id: stagingDirectory, dataset: 'flights', config: undefined, version: '1.0.0', builder: 'Flights' },
  };
  try {
    const shards = await source().split(context);
    const readers = Array.from({ length: Number(workers) }, (_, worker) => {
      const share: Share = { shards: shards.filter((_, shard) => shard % Number(workers) === worker), context };
      return new Worker(import.meta.filename, { workerData: share, argv: process.argv.slice(2) });
    });
    await Promise.all(readers.map((reader) => once(reader, 'message')));
    const started = performance.now();
    const counts = await Promise.all(
      readers.map(async (reader) => {
        reader.postMessage('go');
        const [rows] = (await once(reader, 'message')) as [number];
        return rows;
      }),
    );
    const seconds = (performance.now() - started) / 1000;
    const rows = counts.reduce((sum, count) => sum + count, 0);
    console.log(JSON.stringify({ seconds, rows, streams: shards.length }));
  } finally {
    rmSync(stagingDirectory, { recursive: true, force: true });
  }
}

async function read({ shards, context }: Share): Promise<void> {
  const reading = source();
  // What a worker of a build has loaded before its first task.
  await import('@google-cloud/bigquery-storage');
  parentPort?.postMessage('ready');
  if (parentPort !== null) await once(parentPort, 'message');
  let rows = 0;
  for (const shard of shards) for await (const { elements } of reading.read(shard, context)) rows += elements.length;
  parentPort?.postMessage(rows);
  parentPort?.close();
}

await (isMainThread ? main() : read(workerData as Share));
