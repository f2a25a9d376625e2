import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { closeRunners, startPrism, startPythonRunner } from '../../test/beam/index.js';
import { findBeamPython } from '../../test/beam/prepare-runners.js';
import { repositoryRoot } from '../../test/oracle/environment.js';
import type { Benchmark, BenchmarkContext } from '../benchmark.js';
import { type Figure, median } from '../measure/figures.js';
import { flightsFile } from '../measure/inputs.js';
import { describeSample, type Side, sideBySide } from '../measure/side-by-side.js';
import { reportedSeconds } from './compare.js';

const rows = 3_000_000;
/** Beam's Python SDK takes a hundred microseconds a row: it may get fewer, and is compared by its rate. */
const peerRows = Number(process.env['AILAB_BENCH_BEAM_ROWS'] ?? rows);

export const beamBuilds: Benchmark = {
  name: 'beam_builds',
  description:
    "3,000,000 flights to TFRecord on Prism and on Python's runner with 2 workers, against Beam's Python SDK on the same runner",
  async run(context) {
    try {
      const prism = await startPrism();
      const first = await compareOn(context, 'Prism', prism.endpoint);
      const python = await startPythonRunner({ workers: 2 });
      return [first, await compareOn(context, "Python's runner, 2 workers", python.endpoint)];
    } finally {
      await closeRunners();
    }
  },
};

async function compareOn(context: BenchmarkContext, runner: string, endpoint: string): Promise<Figure> {
  const registry = join(context.folder, 'ours');
  const directory = join(context.folder, 'beam');
  const ours: Side = {
    name: `ours on ${runner}`,
    runs: context.runs,
    command: () =>
      context.ours(
        ...['build', 'product_b', '--registry', registry, '--file-format', 'tfrecord'],
        ...['--runner', 'beam', '--job-endpoint', endpoint],
      ),
    reset: () => rmSync(registry, { recursive: true, force: true }),
  };
  const python = findBeamPython();
  if ('missing' in python) throw new Error(python.missing);
  const script = join(repositoryRoot, 'bench', 'peers', 'beam_flights.py');
  const peer: Side = {
    name: `Beam's Python SDK on ${runner}, ${peerRows} rows`,
    runs: context.peerRuns,
    command: () => ({
      program: python.program,
      parameters: ['-B', script, flightsFile, directory, endpoint, '2', String(peerRows)],
    }),
    secondsOf: reportedSeconds,
    reset: () => rmSync(directory, { recursive: true, force: true }),
  };
  const [mine, theirs] = await sideBySide([ours, peer], context.log);
  if (mine === undefined || theirs === undefined) throw new RangeError('two sides make two samples');
  return {
    title: `product_b on ${runner}, against Beam's Python SDK`,
    value: (median(theirs.seconds) / peerRows) * (rows / median(mine.seconds)),
    unit: 'x',
    better: 'more',
    floor: 3,
    goal: 10,
    detail: `${describeSample(mine)}; ${describeSample(theirs)}`,
  };
}
