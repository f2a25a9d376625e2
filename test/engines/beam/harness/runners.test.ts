import assert from 'node:assert/strict';
import type { BeamIterable, BundleContext, DoFn } from '../../../../src/engines/beam/harness/do-fn.js';
import { type RunnerProcess, requirePrism, requirePythonRunner } from '../../../beam/index.js';
import { runPipeline } from './small-pipeline.js';

const keys = 16;
const count = 20_000;

/** Pairs of a key of one byte and a number of four. */
const numbers = (): DoFn => ({
  async process(_impulse, c: BundleContext) {
    for (let i = 0; i < count; i++) {
      const value = Buffer.alloc(4);
      value.writeUInt32BE(i);
      const full = c.emit('out', [Buffer.from([i % keys]), value]);
      if (full !== undefined) await full;
      c.counter('made', 1);
    }
  },
});

/** Tells the sum of each key's values. */
const sums = (found: Map<number, number>) => (): DoFn => ({
  async process(element, c) {
    const [key, values] = element as [Uint8Array, BeamIterable];
    let sum = 0;
    let seen = 0;
    for await (const run of values.runs()) {
      for (const value of run) {
        sum += Buffer.from(value as Uint8Array).readUInt32BE(0);
        seen++;
      }
    }
    c.counter('summed', seen);
    found.set(key[0] ?? -1, sum);
  },
});

const expected = new Map(
  Array.from({ length: keys }, (_, key) => {
    let sum = 0;
    for (let i = key; i < count; i += keys) sum += i;
    return [key, sum];
  }),
);

interface Runner {
  readonly name: string;
  start(context: Mocha.Context): Promise<RunnerProcess>;
}

const runners: readonly Runner[] = [
  { name: 'Prism', start: (context) => requirePrism(context) },
  { name: "Python's runner", start: (context) => requirePythonRunner(context) },
  { name: "Python's runner with 2 workers", start: (context) => requirePythonRunner(context, { workers: 2 }) },
  {
    name: "Python's runner with values over the State API",
    start: (context) => requirePythonRunner(context, { stateIterables: true }),
  },
  {
    name: "Python's runner, which repeats each bundle",
    start: (context) => requirePythonRunner(context, { bundleRepeat: 1 }),
  },
];

describe('a worker on a real runner', () => {
  for (const { name, start } of runners) {
    it(`groups and sums on ${name}`, async function () {
      const { endpoint } = await start(this);
      const found = new Map<number, number>();
      const outcome = await runPipeline(endpoint, { numbers, sums: sums(found) }, (pipeline, step) => {
        step('sums', pipeline.groupByKey('group', step('numbers', pipeline.impulse('impulse'))));
      });
      assert.deepEqual([outcome.state, outcome.errors], ['DONE', []]);
      assert.deepEqual(new Map([...found].sort(([a], [b]) => a - b)), expected);
      assert.equal(outcome.counters.get('sums/summed'), BigInt(count));
    });
  }
});
