import { closeBigQuery, startBigQuery } from '../../test/bigquery/index.js';
import type { Benchmark } from '../benchmark.js';
import { type Figure, median } from '../measure/figures.js';
import { describeSample, type Side, sideBySide } from '../measure/side-by-side.js';
import { reportedSeconds } from './compare.js';

const rows = Number(process.env['AILAB_BENCH_READ_ROWS'] ?? 2_000_000);

/** Eight streams of six columns: three integers, two texts and a time. */
const columns = `n AS id, MOD(n * 7919, 660) - 60 AS delay, MOD(n * 104729, 3950) + 50 AS distance,
  SUBSTR(TO_HEX(SHA1(CAST(MOD(n, 300) AS STRING))), 1, 3) AS origin,
  SUBSTR(TO_HEX(SHA1(CAST(MOD(n, 301) AS STRING))), 1, 3) AS destination,
  TIMESTAMP_MICROS(978307200000000 + n * 1000) AS moment`;

export const storageRead: Benchmark = {
  name: 'storage_read',
  description: `${rows} rows of BigQuery's Storage Read API to objects, with 1 and 2 workers, from an emulator on the same machine`,
  async run(context) {
    const emulator = await startBigQuery();
    try {
      const dataset = await emulator.newDataset();
      const table = `${dataset}.flights`;
      await emulator.run(`CREATE TABLE ${table} AS SELECT ${columns} FROM UNNEST(GENERATE_ARRAY(1, ${rows})) AS n`);
      const sides = [2, 1].map(
        (workers): Side => ({
          name: `${workers} worker${workers === 1 ? '' : 's'}`,
          runs: context.runs,
          command: () => context.script('storage-read.js', emulator.project, dataset, table, `${workers}`),
          secondsOf: (measurement) => {
            if (measurement.report['rows'] !== rows) throw new RangeError('rows were lost');
            return reportedSeconds(measurement);
          },
        }),
      );
      const samples = await sideBySide(sides, context.log);
      return samples.map(
        (sample): Figure => ({
          title: `Storage Read API, ${sample.name}`,
          value: rows / median(sample.seconds),
          unit: 'rows/s',
          better: 'more',
          floor: 200_000,
          goal: 1_000_000,
          detail: describeSample(sample),
        }),
      );
    } finally {
      await closeBigQuery();
    }
  },
};
