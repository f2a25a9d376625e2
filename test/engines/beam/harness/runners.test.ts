import assert from 'node:assert/strict';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import type { BeamIterable, BundleContext, DoFn } from '../../../../src/engines/beam/harness/do-fn.js';
import {
  ParDoPayloadSchema,
  type Pipeline,
  SideInputSchema,
} from '../../../../src/engines/beam/protos/pipeline/v1/beam_runner_api_pb.js';
import type { PipelineBuilder } from '../../../../src/engines/beam/translate/pipeline-builder.js';
import { type RunnerProcess, requirePrism, requirePythonRunner } from '../../../beam/index.js';
import { runPipeline } from './small-pipeline.js';

type Start = (context: Mocha.Context) => Promise<RunnerProcess>;

const prism: Start = (context) => requirePrism(context);
const python: Start = (context) => requirePythonRunner(context);
const both = [
  ['Prism', prism],
  ["Python's runner", python],
] as const;

/** Emits pairs of a key of one byte and a number of four: the numbers below `count`, by `keys` keys in turn. */
const numbers = (count: number, keys: number) => (): DoFn => ({
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

/** Notes the sum of each key's values. */
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

function expectedSums(count: number, keys: number): Map<number, number> {
  const expected = new Map<number, number>();
  for (let i = 0; i < count; i++) expected.set(i % keys, (expected.get(i % keys) ?? 0) + i);
  return expected;
}

async function groupAndSum(endpoint: string, count: number, keys: number): Promise<void> {
  const found = new Map<number, number>();
  const doFns = { numbers: numbers(count, keys), sums: sums(found) };
  const outcome = await runPipeline(endpoint, doFns, (pipeline, step) => {
    step('sums', pipeline.groupByKey('group', step('numbers', pipeline.impulse('impulse'))));
  });
  assert.deepEqual([outcome.state, outcome.errors], ['done', []]);
  assert.deepEqual(new Map([...found].sort(([a], [b]) => a - b)), expectedSums(count, keys));
  assert.equal(outcome.counters.get('sums/summed'), BigInt(count));
}

describe('a worker on a real runner', () => {
  const runners: readonly (readonly [string, Start])[] = [
    ...both,
    ["Python's runner with 2 workers", (context) => requirePythonRunner(context, { workers: 2 })],
    ["Python's runner, which repeats each bundle", (context) => requirePythonRunner(context, { bundleRepeat: 1 })],
    ["Python's runner over the State API", (context) => requirePythonRunner(context, { stateIterables: true })],
    [
      "Python's runner over the State API, page by page",
      (context) => requirePythonRunner(context, { statePages: true }),
    ],
  ];
  for (const [name, start] of runners) {
    it(`groups and sums on ${name}`, async function () {
      const { endpoint } = await start(this);
      await groupAndSum(endpoint, 20_000, 16);
    });
  }

  it('reads a key with a million values over the State API', async function () {
    const { endpoint } = await requirePythonRunner(this, { stateIterables: true });
    await groupAndSum(endpoint, 1_000_000, 1);
  });

  for (const [name, start] of both) {
    it(`fails the job on ${name} with the author's stack and the key`, async function () {
      const { endpoint } = await start(this);
      const broken = (): DoFn => ({
        process(element) {
          const [key] = element as [Uint8Array, BeamIterable];
          if (Buffer.from(key)[0] === 3) throw new RangeError('price is negative');
        },
      });
      const outcome = await runPipeline(endpoint, { numbers: numbers(10, 5), broken }, (pipeline, step) => {
        step('broken', pipeline.groupByKey('group', step('numbers', pipeline.impulse('impulse'))));
      });
      assert.equal(outcome.state, 'failed');
      const text = outcome.errors.join('\n');
      assert.match(text, /broken at key 0x03: price is negative/);
      assert.match(text, /RangeError: price is negative\s+at .*process \(.*runners\.test\.ts:\d+/);
    });

    it(`passes elements from ParDo to ParDo on ${name}, one at a time also where nobody waits`, async function () {
      const { endpoint } = await start(this);
      const count = 1000;
      // Awaits nothing: what comes after it has to keep its elements apart itself.
      const hasty = (): DoFn => ({
        process: (_impulse, c) => {
          for (let i = 0; i < count; i++) void c.emit('out', [Buffer.from([0]), Buffer.from([i])]);
        },
      });
      const twice = (): DoFn => ({
        process(element, c) {
          c.emit('out', element);
          c.emit('out', element);
        },
      });
      let busy = 0;
      let mostBusy = 0;
      const slowly = (): DoFn => ({
        async process(element, c) {
          mostBusy = Math.max(mostBusy, ++busy);
          await nextTurn();
          busy--;
          await c.emit('out', element);
        },
      });
      const seen = (): DoFn => ({ process: (_element, c) => c.counter('elements', 1) });
      const outcome = await runPipeline(endpoint, { hasty, twice, slowly, seen }, (pipeline, step) => {
        const numbers = step('hasty', pipeline.impulse('impulse'));
        step('seen', pipeline.flatten('both', [step('twice', numbers), step('slowly', numbers)]));
      });
      assert.deepEqual([outcome.state, outcome.errors, mostBusy], ['done', [], 1]);
      assert.equal(outcome.counters.get('seen/elements'), BigInt(3 * count));
    });

    it(`reads a side input on ${name}`, async function () {
      const { endpoint } = await start(this);
      const seen: number[] = [];
      const join = (): DoFn => ({
        async process(_element, c) {
          for await (const pair of c.sideInput('table')) {
            const [, value] = pair as [Uint8Array, Uint8Array];
            seen.push(Buffer.from(value).readUInt32BE(0));
          }
        },
      });
      const build = (pipeline: PipelineBuilder, step: (name: string, input: string) => string) => {
        const impulse = pipeline.impulse('impulse');
        step('numbers', impulse);
        step('join', impulse);
      };
      const amend = (pipeline: Pipeline): void => {
        const transform = pipeline.components?.transforms['join'];
        if (transform !== undefined) transform.inputs['table'] = 'numbers.out';
        changeParDo(pipeline, 'join', (payload) => {
          payload.sideInputs['table'] = create(SideInputSchema, {
            accessPattern: { urn: 'beam:side_input:iterable:v1' },
          });
        });
      };
      const outcome = await runPipeline(endpoint, { numbers: numbers(1000, 7), join }, build, amend);
      assert.deepEqual([outcome.state, outcome.errors], ['done', []]);
      assert.deepEqual(
        seen.sort((a, b) => a - b),
        Array.from({ length: 1000 }, (_, i) => i),
      );
    });

    it(`hears from ${name} that a bundle is durable`, async function () {
      const { endpoint } = await start(this);
      const committed: string[] = [];
      const careful = (): DoFn => ({
        process: (_element, c) => c.afterCommit(() => void committed.push('impulse')),
      });
      const outcome = await runPipeline(
        endpoint,
        { careful },
        (pipeline, step) => void step('careful', pipeline.impulse('impulse')),
        (pipeline) => {
          pipeline.requirements.push('beam:requirement:pardo:finalization:v1');
          changeParDo(pipeline, 'careful', (payload) => {
            payload.requestsFinalization = true;
          });
        },
      );
      assert.deepEqual([outcome.state, outcome.errors, committed], ['done', [], ['impulse']]);
    });
  }

  it('gives slow elements back to Prism, which has them done in further bundles, each once', async function () {
    const { endpoint } = await requirePrism(this);
    const done: number[] = [];
    const bundles = new Set<string>();
    const slow = (): DoFn => ({
      async process(element, c) {
        const [key] = element as [Uint8Array, BeamIterable];
        bundles.add(c.bundleId);
        await sleep(400);
        done.push(key[0] ?? -1);
      },
    });
    const outcome = await runPipeline(endpoint, { numbers: numbers(8, 8), slow }, (pipeline, step) => {
      step('slow', pipeline.groupByKey('group', step('numbers', pipeline.impulse('impulse'))));
    });
    assert.deepEqual([outcome.state, outcome.errors], ['done', []]);
    assert.deepEqual(done.sort(), [0, 1, 2, 3, 4, 5, 6, 7]);
    assert.ok(bundles.size > 1, 'Prism has not split');
  });
});

type ParDo = ReturnType<typeof fromBinary<typeof ParDoPayloadSchema>>;

/** What the translator never asks for, asked for by hand. */
function changeParDo(pipeline: Pipeline, name: string, change: (payload: ParDo) => void): void {
  const spec = pipeline.components?.transforms[name]?.spec;
  if (spec === undefined) throw new RangeError(`there is no ParDo named ${name}`);
  const payload = fromBinary(ParDoPayloadSchema, spec.payload);
  change(payload);
  spec.payload = toBinary(ParDoPayloadSchema, create(ParDoPayloadSchema, payload));
}
