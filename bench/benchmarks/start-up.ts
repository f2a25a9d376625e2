import type { Benchmark, BenchmarkContext } from '../benchmark.js';
import type { Command, Measurement } from '../measure/command.js';
import { median } from '../measure/figures.js';
import { describeSample, sideBySide } from '../measure/side-by-side.js';

const runs = 21;

/** Both processes preload the module that tells their memory. */
const preload = ['--import', new URL('../ours/report-memory.js', import.meta.url).href];
const bareNode: Command = { program: process.execPath, parameters: [...preload, '-e', '0'] };

function help(context: BenchmarkContext): Command {
  const { program, parameters, ...rest } = context.ours('--help');
  return { program, parameters: [...preload, ...parameters], ...rest };
}

function keepMemory(list: number[]): (measurement: Measurement) => number {
  return ({ seconds, report }) => {
    list.push(Number(report['peakBytes']));
    return seconds;
  };
}

export const startUp: Benchmark = {
  name: 'help',
  description: '`ailab-datasets --help` against bare `node -e 0`',
  async run(context) {
    const memory = { help: [] as number[], bare: [] as number[] };
    const [ours, bare] = await sideBySide(
      [
        { name: 'ours', runs, command: () => help(context), secondsOf: keepMemory(memory.help) },
        { name: 'bare node', runs, command: () => bareNode, secondsOf: keepMemory(memory.bare) },
      ],
      () => undefined,
    );
    if (ours === undefined || bare === undefined) throw new RangeError('two sides make two samples');
    const detail = `${describeSample(ours)}; ${describeSample(bare)}`;
    return [
      {
        title: '--help, above bare node',
        value: (median(ours.seconds) - median(bare.seconds)) * 1000,
        unit: 'ms',
        better: 'less',
        floor: 40,
        goal: 40,
        detail,
      },
      {
        title: '--help, memory above bare node',
        value: (median(memory.help) - median(memory.bare)) / 2 ** 20,
        unit: 'MiB',
        better: 'less',
        floor: 15,
        goal: 15,
        detail,
      },
    ];
  },
};
