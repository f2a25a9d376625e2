import type { Benchmark, BenchmarkContext } from '../benchmark.js';
import { measureCommand } from '../measure/command.js';
import { type Figure, median } from '../measure/figures.js';
import { describeSample, type Sample, sideBySide } from '../measure/side-by-side.js';
import { reportedSeconds } from './compare.js';

const rows = Number(process.env['AILAB_BENCH_DIFF_ROWS'] ?? 3_000_000);

/** Two versions of three million rows, compared over the key index, and by the features that both have. */
export const diff: Benchmark = {
  name: 'diff',
  description: `${rows} rows against as many: over the key index, and by values where a feature was added`,
  async run(context) {
    await measureCommand(context.script('diff-versions.js', 'prepare', context.folder, `${rows}`));
    const edited = { name: 'index', after: '2.0.0', comparedBy: 'index', changed: Math.ceil(rows / 1000) * 10 };
    const widened = { name: 'values', after: '1.1.0', comparedBy: 'values', changed: 0 };
    const samples = await sideBySide([side(context, edited), side(context, widened)], context.log);
    const bounds = [
      { floor: 2, goal: 1 },
      { floor: 60, goal: 15 },
    ];
    return samples.flatMap((sample, index) => figures(sample, bounds[index] ?? { floor: 0, goal: 0 }));
  },
};

interface Compared {
  readonly name: string;
  readonly after: string;
  readonly comparedBy: string;
  readonly changed: number;
}

function side(context: BenchmarkContext, { name, after, comparedBy, changed }: Compared) {
  return {
    name,
    runs: context.runs,
    command: () => context.script('diff-versions.js', '1.0.0', after, context.folder),
    secondsOf: (measurement: { readonly report: Readonly<Record<string, unknown>> }) => {
      const { report } = measurement;
      if (report['comparedBy'] !== comparedBy || report['changed'] !== changed) {
        throw new RangeError(`wrong counts: ${JSON.stringify(report)}`);
      }
      return reportedSeconds(measurement);
    },
  };
}

function figures(
  sample: Sample,
  { floor, goal }: { readonly floor: number; readonly goal: number },
): readonly Figure[] {
  const detail = describeSample(sample);
  return [
    {
      ...{ title: `diff of ${rows} rows by ${sample.name}`, unit: 's', better: 'less', floor, goal, detail },
      value: median(sample.seconds),
    },
    {
      ...{ title: `memory of that diff`, unit: 'MiB', better: 'less', floor: 400, goal: 250, detail },
      value: sample.peakBytes / 2 ** 20,
    },
  ];
}
