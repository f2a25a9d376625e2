import type { Benchmark } from '../benchmark.js';
import { median, rounded } from '../measure/figures.js';
import { ceilingOfTwo } from '../measure/parallel.js';
import { sideBySide } from '../measure/side-by-side.js';
import { ourBuild } from './builds.js';
import { peakMemory, speedUp } from './compare.js';

function workersBenchmark(
  name: string,
  dataset: string,
  what: string,
  bounds: { floor: number; goal: number },
): Benchmark {
  return {
    name,
    description: `2 workers against 1: ${what}`,
    async run(context) {
      const { runs, log } = context;
      const sides = [2, 1].map((workers) => ({
        ...ourBuild(context, dataset, { formats: 'tfrecord', workers }),
        runs,
      }));
      const [two, one] = await sideBySide(sides, log);
      if (two === undefined || one === undefined) throw new RangeError('two sides make two samples');
      const figure = speedUp(`2 workers against 1, ${what}`, [two, one], bounds);
      const ceiling = await ceilingOfTwo(context.script('spin.js'), runs);
      return [{ ...figure, detail: `${figure.detail}; two processes that share nothing: ${rounded(ceiling)} x` }];
    },
  };
}

export const workers = workersBenchmark('workers', 'product_b', 'product_b', { floor: 1.3, goal: 1.3 });
export const slowWorkers = workersBenchmark('slow', 'flights_slow', 'a user function of 20 microseconds', {
  floor: 1.8,
  goal: 1.8,
});

export const tenfold: Benchmark = {
  name: 'tenfold',
  description: 'memory of a build of product_b, and of one ten times as large',
  async run(context) {
    const formats = 'tfrecord,arrow';
    const builds = ['product_b', 'flights_tenfold'].map((name) => ({
      ...ourBuild(context, name, { formats }),
      name: `ours, ${name}`,
      runs: 1,
    }));
    const [small, large] = await sideBySide(builds, context.log);
    if (small === undefined || large === undefined) throw new RangeError('two sides make two samples');
    return [
      peakMemory('product_b', small),
      peakMemory('ten times product_b', large),
      {
        title: 'ten times the input, memory against that of one',
        value: large.peakBytes / small.peakBytes,
        unit: 'x',
        better: 'less',
        floor: 1.25,
        goal: 1.1,
        detail: `30,000,000 rows in ${median(large.seconds).toFixed(1)} s`,
      },
    ];
  },
};
