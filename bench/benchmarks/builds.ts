import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Benchmark, BenchmarkContext } from '../benchmark.js';
import { wideFeatures, widePool, wideRows } from '../datasets/wide/wide-examples.js';
import { flightsFile, mnistFolder } from '../measure/inputs.js';
import type { Side } from '../measure/side-by-side.js';
import { compare, peakMemory, reportedSeconds, speedUp } from './compare.js';

export interface BuildOptions {
  readonly formats: string;
  readonly workers?: number;
  readonly manualDirectory?: string;
}

/** A build of ours as a user starts it: the whole process, into a registry that is empty each time. */
export function ourBuild(
  context: BenchmarkContext,
  dataset: string,
  { formats, workers = 2, manualDirectory }: BuildOptions,
): Omit<Side, 'runs'> {
  const registry = join(context.folder, 'ours');
  return {
    name: `ours, ${workers} worker${workers === 1 ? '' : 's'}`,
    command: () =>
      context.ours(
        ...['build', dataset, '--registry', registry, '--file-format', formats, '--workers', String(workers)],
        ...(manualDirectory === undefined ? [] : ['--manual-dir', manualDirectory]),
      ),
    reset: () => rmSync(registry, { recursive: true, force: true }),
  };
}

export function tfdsBuild(context: BenchmarkContext, name: string, input: string): Omit<Side, 'runs'> {
  const directory = join(context.folder, 'tfds');
  return {
    name: 'tfds',
    command: () => context.peer('tfds_build.py', name, input, directory),
    secondsOf: reportedSeconds,
    reset: () => rmSync(directory, { recursive: true, force: true }),
  };
}

export const productB: Benchmark = {
  name: 'product_b',
  description: "3,000,000 flights through a map to TFRecord, against tfds' download_and_prepare",
  async run(context) {
    const pair = await compare(
      context,
      ourBuild(context, 'product_b', { formats: 'tfrecord' }),
      tfdsBuild(context, 'flights', flightsFile),
    );
    const title = 'product_b to TFRecord, against tfds';
    return [speedUp(title, pair, { floor: 20, goal: 30 }), peakMemory(title, pair[0])];
  },
};

export const bothFormats: Benchmark = {
  name: 'both',
  description: "3,000,000 flights to TFRecord and Arrow in one build, against tfds' TFRecord alone",
  async run(context) {
    const ours = ourBuild(context, 'product_b', { formats: 'tfrecord,arrow' });
    const pair = await compare(context, ours, tfdsBuild(context, 'flights', flightsFile));
    const title = 'product_b to TFRecord and Arrow, against tfds';
    return [speedUp(title, pair, { floor: 15, goal: 20 }), peakMemory(title, pair[0])];
  },
};

export const mnist: Benchmark = {
  name: 'mnist',
  description: '70,000 images as PNG to TFRecord, against tfds',
  async run(context) {
    const pair = await compare(
      context,
      ourBuild(context, 'mnist', { formats: 'tfrecord' }),
      tfdsBuild(context, 'mnist', mnistFolder),
    );
    return [speedUp('mnist to TFRecord, against tfds', pair, { floor: 4, goal: 6 })];
  },
};

export const wide: Benchmark = {
  name: 'wide',
  description: `${wideRows} examples of ${Object.keys(wideFeatures).length} features of all shapes to TFRecord, against tfds`,
  async run(context) {
    const input = join(context.folder, 'wide.json');
    writeFileSync(input, JSON.stringify({ features: wideFeatures, examples: widePool, rows: wideRows }));
    const pair = await compare(
      context,
      ourBuild(context, 'wide', { formats: 'tfrecord' }),
      tfdsBuild(context, 'wide', input),
    );
    return [speedUp('40 features to TFRecord, against tfds', pair, { floor: 10, goal: 15 })];
  },
};

export const huggingFace: Benchmark = {
  name: 'hf_map',
  description: '3,000,000 flights through a map to Arrow, against Dataset.map(num_proc=2) of Hugging Face datasets',
  async run(context) {
    const cache = join(context.folder, 'hf');
    const pair = await compare(context, ourBuild(context, 'product_b', { formats: 'arrow' }), {
      name: 'HF map, 2 processes',
      command: () => context.peer('hf_map.py', flightsFile, cache, '2'),
      secondsOf: reportedSeconds,
      reset: () => rmSync(cache, { recursive: true, force: true }),
    });
    return [speedUp('product_b to Arrow, against HF map', pair, { floor: 20, goal: 40 })];
  },
};
