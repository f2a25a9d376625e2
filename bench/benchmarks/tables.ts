import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Benchmark, BenchmarkContext } from '../benchmark.js';
import { type Figure, median, rounded } from '../measure/figures.js';
import { writeFlights } from '../measure/flight-files.js';
import { flightsFile } from '../measure/inputs.js';
import { describeSample, type Sample, type Side, sideBySide } from '../measure/side-by-side.js';
import { flightTable, type MadeTable, reviewTable, type TableFormat, writeTable } from '../measure/table-files.js';
import { ourBuild, tfdsBuild } from './builds.js';
import { peakMemory, reportedSeconds, speedUp } from './compare.js';

/** tfds takes a hundred microseconds and more a row: it gets a tenth of the input, and is compared by its rate. */
const inputBytes = Number(process.env['AILAB_BENCH_TABLE_BYTES'] ?? 400e6);
const tfdsBytes = inputBytes / 10;
const largeBytes = Number(process.env['AILAB_BENCH_LARGE_BYTES'] ?? 2e9);

function huggingFaceLoad(
  context: BenchmarkContext,
  kind: 'csv' | 'json' | 'parquet',
  input: string,
): Omit<Side, 'runs'> {
  const cache = join(context.folder, 'hf');
  return {
    name: `HF load_dataset('${kind}'), 2 processes`,
    command: () => context.peer('hf_load.py', kind, input, cache, '2'),
    secondsOf: reportedSeconds,
    reset: () => rmSync(cache, { recursive: true, force: true }),
  };
}

/** MB of input a second, where the fastest run doesn't count more than the others. */
function rate(bytes: number, { seconds }: Sample): number {
  return bytes / 1e6 / median(seconds);
}

function faster(
  title: string,
  ours: { readonly sample: Sample; readonly bytes: number },
  peer: { readonly sample: Sample; readonly bytes: number },
  bounds: { readonly floor: number; readonly goal: number },
): Figure {
  const [mine, theirs] = [rate(ours.bytes, ours.sample), rate(peer.bytes, peer.sample)];
  const detail = `${rounded(mine)} MB/s against ${rounded(theirs)}: ${describeSample(ours.sample)}; ${describeSample(peer.sample)}`;
  return { title, value: mine / theirs, unit: 'x', better: 'more', ...bounds, detail };
}

interface TableBenchmark {
  readonly name: string;
  readonly table: MadeTable;
  readonly format: TableFormat;
  /** What it is, for people. */
  readonly words: string;
  /** Our data set. */
  readonly dataset: string;
  /** Whether tfds takes part. */
  readonly withTfds: boolean;
}

function tableBenchmark({ name, table, format, words, dataset, withTfds }: TableBenchmark): Benchmark {
  const kind = format === 'csv' ? 'csv' : 'json';
  return {
    name,
    description: `${Math.round(inputBytes / 1e6)} MB of ${words} to TFRecord, against HF load_dataset('${kind}'), whose Arrow is no TFRecord yet${withTfds ? ', and tfds fed by pandas' : ''}`,
    async run(context) {
      const input = writeTable(context.folder, table, format, inputBytes);
      const build = ourBuild(context, dataset, { formats: 'tfrecord', manualDirectory: input.folder });
      const [ours, huggingFace, bytes] = await threeSides(context, [
        { ...build, runs: context.runs },
        { ...huggingFaceLoad(context, kind, input.folder), runs: context.peerRuns },
        { ...bytesAlone(context, dataset, input.folder), runs: context.peerRuns },
      ]);
      const mine = { sample: ours, bytes: input.bytes };
      const theirs = { sample: huggingFace, bytes: input.bytes };
      return [
        faster(`${words} to TFRecord, against HF's to Arrow`, mine, theirs, { floor: 1, goal: 2 }),
        {
          title: `${words} to TFRecord, against its bytes alone`,
          value: median(ours.seconds) / median(bytes.seconds),
          unit: 'x',
          better: 'less',
          floor: 4,
          goal: 2,
          detail: describeSample(bytes),
        },
        ...(withTfds ? [await againstTfds(context, { table, format, words }, mine)] : []),
        peakMemory(`${words} to TFRecord`, ours),
      ];
    },
  };
}

async function threeSides(
  context: BenchmarkContext,
  sides: readonly [Side, Side, Side],
): Promise<readonly [Sample, Sample, Sample]> {
  const [first, second, third] = await sideBySide(sides, context.log);
  if (first === undefined || second === undefined || third === undefined)
    throw new RangeError('three sides make three samples');
  return [first, second, third];
}

/** It is compared by its rate: it gets a tenth of the input. */
async function againstTfds(
  context: BenchmarkContext,
  { table, format, words }: Pick<TableBenchmark, 'table' | 'format' | 'words'>,
  ours: { readonly sample: Sample; readonly bytes: number },
): Promise<Figure> {
  const small = writeTable(context.folder, table, format, tfdsBytes);
  const side = { ...tfdsBuild(context, format, small.folder), runs: Math.min(context.peerRuns, 2) };
  const [tfds] = await sideBySide([side], context.log);
  if (tfds === undefined) throw new RangeError('a side makes a sample');
  const bounds = { floor: 10, goal: 20 };
  return faster(`${words} to TFRecord, against tfds fed by pandas`, ours, { sample: tfds, bytes: small.bytes }, bounds);
}

/** Reading and hashing the input, and writing, hashing and syncing as many bytes as the version has that was built before. */
function bytesAlone(context: BenchmarkContext, dataset: string, input: string): Omit<Side, 'runs'> {
  const scratch = join(context.folder, 'bytes');
  return {
    name: 'the bytes alone, 2 threads',
    command: () => context.script('bytes-alone.js', input, join(context.folder, 'ours', dataset), scratch),
    secondsOf: reportedSeconds,
    reset: () => rmSync(scratch, { recursive: true, force: true }),
  };
}

export const tableBenchmarks: readonly Benchmark[] = (['csv', 'jsonl'] as const).flatMap((format) => {
  const name = format === 'csv' ? 'CSV' : 'JSON Lines';
  const numbers = { table: flightTable, words: name, dataset: `table_${format}`, withTfds: true };
  const texts = { table: reviewTable, words: `reviews in ${name}`, dataset: `reviews_${format}`, withTfds: false };
  return [
    tableBenchmark({ name: format, format, ...numbers }),
    tableBenchmark({ name: `${format}_text`, format, ...texts }),
  ];
});

export const parquetTable: Benchmark = {
  name: 'parquet',
  description:
    "3,000,000 rows of Parquet to TFRecord, against HF load_dataset('parquet'), whose Arrow is no TFRecord yet, and tfds fed by pyarrow",
  async run(context) {
    const input = await writeFlights(context.folder);
    const sides = [
      {
        ...ourBuild(context, 'flights_parquet', { formats: 'tfrecord', manualDirectory: input }),
        runs: context.runs,
      },
      { ...huggingFaceLoad(context, 'parquet', input), runs: context.peerRuns },
      { ...tfdsBuild(context, 'flights', flightsFile), runs: Math.min(context.peerRuns, 2) },
    ];
    const [ours, huggingFace, tfds] = await sideBySide(sides, context.log);
    if (ours === undefined || huggingFace === undefined || tfds === undefined)
      throw new RangeError('three sides make three samples');
    const title = 'Parquet to TFRecord';
    return [
      speedUp(`${title}, against HF's to Arrow`, [ours, huggingFace], { floor: 0.2, goal: 1 }),
      speedUp(`${title}, against tfds fed by pyarrow`, [ours, tfds], { floor: 20, goal: 30 }),
      peakMemory(title, ours),
    ];
  },
};

export const csvMemory: Benchmark = {
  name: 'csv_memory',
  description: `memory of a build of ${rounded(largeBytes / 1e9)} GB of CSV in one file, and of a tenth of it`,
  async run(context) {
    const sides = [largeBytes / 10, largeBytes].map((bytes) => {
      const { folder } = writeTable(context.folder, flightTable, 'csv', bytes, 1);
      const build = ourBuild(context, 'table_csv', { formats: 'tfrecord', manualDirectory: folder });
      return { ...build, name: `ours, ${Math.round(bytes / 1e6)} MB`, runs: 1 };
    });
    const [small, large] = await sideBySide(sides, context.log);
    if (small === undefined || large === undefined) throw new RangeError('two sides make two samples');
    return [
      peakMemory(`${rounded(largeBytes / 1e9)} GB of CSV`, large),
      {
        title: 'ten times the CSV, memory against that of one',
        value: large.peakBytes / small.peakBytes,
        unit: 'x',
        better: 'less',
        floor: 1.25,
        goal: 1.1,
        detail: `${rounded(rate(largeBytes, large))} MB/s`,
      },
    ];
  },
};
