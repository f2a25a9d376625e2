import { join } from 'node:path';
import type { Benchmark } from '../benchmark.js';
import { measureCommand } from '../measure/command.js';
import { median } from '../measure/figures.js';
import { reportedSeconds } from './compare.js';

/** Of each of the two splits. */
const shardsOfSplit = 512;

export const cache: Benchmark = {
  name: 'cache',
  description:
    '`load` of a version of 1,024 shards that is in the cache, to its first example; the registry is not asked',
  async run(context) {
    const registry = join(context.folder, 'registry');
    const folder = join(context.folder, 'cache');
    await measureCommand(context.ours('build', 'mnist', '--num-shards', String(shardsOfSplit), '--registry', registry));
    await measureCommand(context.script('load-cached.js', 'fill', registry, folder));
    const seconds: number[] = [];
    const processorSeconds: number[] = [];
    for (let run = 0; run < context.runs; run++) {
      const measurement = await measureCommand(context.script('load-cached.js', 'load', registry, folder));
      seconds.push(reportedSeconds(measurement));
      processorSeconds.push(Number(measurement.report['processorSeconds']));
    }
    return [
      {
        title: 'load of a cached version of 1,024 shards, to the first example',
        value: median(seconds) * 1000,
        unit: 'ms',
        better: 'less',
        floor: 100,
        goal: 100,
        detail: `${seconds.length} runs, each in a new process; processor time ${milliseconds(median(processorSeconds))}`,
      },
    ];
  },
};

function milliseconds(seconds: number): string {
  return `${(seconds * 1000).toFixed(0)} ms`;
}
