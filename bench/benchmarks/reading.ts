import { join } from 'node:path';
import type { Benchmark, BenchmarkContext } from '../benchmark.js';
import { measureCommand } from '../measure/command.js';
import type { Side } from '../measure/side-by-side.js';
import { compare, reportedSeconds, speedUp } from './compare.js';

const rows = 3_000_000;
/** tfds gives some thousand examples a second one by one: a part is enough to know its pace. */
const tfdsRows = 100_000;

export const reading: Benchmark = {
  name: 'reading',
  description: 'product_b read back: TFRecord to columns, Arrow to objects',
  async run(context) {
    const registry = join(context.folder, 'registry');
    await measureCommand(context.ours('build', 'product_b', '--registry', registry));
    const version = join(registry, 'product_b', '1.0.0');
    const columns = await compare(
      context,
      ours(context, 'columns', 'tfrecord', registry),
      peer(context, 'tf_data', version),
    );
    const tfds = await compare(context, ours(context, 'columns', 'tfrecord', registry), peer(context, 'tfds', version));
    const objects = await compare(context, ours(context, 'objects', 'arrow', registry), peer(context, 'hf', version));
    return [
      speedUp('TFRecord to columns, against tf.data batches', columns, { floor: 2, goal: 3 }),
      speedUp("TFRecord to columns, against tfds' as_numpy", tfds, { floor: 50, goal: 50 }),
      speedUp("Arrow to objects, against HF's numpy batches", objects, { floor: 5, goal: 5 }),
    ];
  },
};

function ours(context: BenchmarkContext, shape: string, format: string, registry: string): Omit<Side, 'runs'> {
  return {
    name: `ours, ${format} to ${shape}`,
    command: () => context.script('read.js', shape, format, registry),
    secondsOf: reportedSeconds,
  };
}

function peer(context: BenchmarkContext, name: string, version: string): Omit<Side, 'runs'> {
  return {
    name,
    command: () => context.peer('read.py', name, version, String(tfdsRows)),
    // As if all had been read.
    secondsOf: (measurement) => (reportedSeconds(measurement) * rows) / Number(measurement.report['examples']),
  };
}
