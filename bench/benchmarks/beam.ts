import { join } from 'node:path';
import { closeRunners, startPrism, startPythonRunner } from '../../test/beam/index.js';
import type { Benchmark, BenchmarkContext } from '../benchmark.js';
import { measureCommand } from '../measure/command.js';
import { type Figure, median } from '../measure/figures.js';
import { describeSample, type Side, sideBySide } from '../measure/side-by-side.js';
import { reportedSeconds } from './compare.js';

const mebibyte = 2 ** 20;

/** A trial of the harness on this hardware: what the product's may take at most. */
const trialSeconds = { prism: 9.0, python: 4.8 };

const startMilliseconds = 400;
/** What the worker may take more when ten times as much flows: blocks of a megabyte under way, and a collector that is late. */
const growthMebibytes = 64;

export const beamWorker: Benchmark = {
  name: 'beam_worker',
  description: 'the worker of Beam runners: 1M small elements, its start, its memory while 300 MB flow through it',
  async run(context) {
    try {
      return [...(await elements(context)), await start(context), await memory(context)];
    } finally {
      await closeRunners();
    }
  },
};

async function elements(context: BenchmarkContext): Promise<readonly Figure[]> {
  const [prism, python] = [await startPrism(), await startPythonRunner()];
  const side = (name: string, endpoint: string): Side => ({
    name,
    runs: context.runs,
    command: () => context.script('beam-elements.js', endpoint),
    secondsOf: reportedSeconds,
  });
  const samples = await sideBySide(
    [side('Prism', prism.endpoint), side("Python's runner", python.endpoint)],
    context.log,
  );
  return samples.map((sample, index) => {
    const bound = index === 0 ? trialSeconds.prism : trialSeconds.python;
    return {
      title: `1M small elements through ParDo, GroupByKey and ParDo on ${sample.name}`,
      value: median(sample.seconds),
      unit: 's',
      better: 'less',
      floor: bound,
      goal: bound,
      detail: describeSample(sample),
    };
  });
}

async function start(context: BenchmarkContext): Promise<Figure> {
  const [cli = ''] = context.ours().parameters;
  const program = join(cli, '..', '..', 'src', 'engines', 'beam', 'worker', 'worker-main.js');
  const side: Side = {
    name: 'the worker',
    runs: 2 * context.runs + 1,
    command: () => context.script('beam-start.js', program),
    secondsOf: reportedSeconds,
  };
  const [sample] = await sideBySide([side], () => undefined);
  if (sample === undefined) throw new RangeError('one side makes one sample');
  return {
    title: 'a worker process, until it asks for work',
    value: median(sample.seconds) * 1000,
    unit: 'ms',
    better: 'less',
    floor: startMilliseconds,
    goal: startMilliseconds,
    detail: describeSample(sample),
  };
}

async function memory(context: BenchmarkContext): Promise<Figure> {
  const { report } = await measureCommand(context.script('beam-memory.js'));
  const [few, many] = [Number(report['few']), Number(report['many'])].map((bytes) => bytes / mebibyte);
  if (few === undefined || many === undefined) throw new TypeError('the script reported no memory');
  return {
    title: 'memory of a worker for 300 MB, above that for 30 MB',
    value: many - few,
    unit: 'MiB',
    better: 'less',
    floor: growthMebibytes,
    goal: growthMebibytes,
    detail: `${Math.round(few)} MiB for 30 MB, ${Math.round(many)} MiB for 300 MB`,
  };
}
