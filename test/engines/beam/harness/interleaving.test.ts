import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import type { DoFn } from '../../../../src/engines/beam/harness/do-fn.js';
import type { ProcessBundleSplitResponse } from '../../../../src/engines/beam/protos/fn_execution/v1/beam_fn_api_pb.js';
import { bytesElement, decodeOutput, describeStage } from './descriptors.js';
import type { FakeRunner } from './fake-runner.js';
import { withWorker } from './fake-worker.js';

/** Waits now and then, and emits each element twice. */
const uneven = (): DoFn => ({
  async process(element, c) {
    if ((element as Uint8Array).at(-1) === 0x37) await nextTurn();
    c.emit('out', element);
    await c.emit('out', element);
  },
});

interface Bundle {
  readonly elements: number;
  /** Where the stream of elements is cut into blocks; any offsets. */
  readonly cuts: readonly number[];
  /** How many blocks are sent before the instruction. */
  readonly early: number;
  /** Asks for splits, after so many blocks: the fraction to keep. */
  readonly splits: readonly (readonly [afterBlock: number, fraction: number])[];
}

const bundle: fc.Arbitrary<Bundle> = fc.record({
  elements: fc.nat({ max: 60 }),
  cuts: fc.array(fc.nat({ max: 1200 }), { maxLength: 6 }),
  early: fc.nat({ max: 3 }),
  splits: fc.array(fc.tuple(fc.nat({ max: 6 }), fc.double({ min: 0, max: 1, noNaN: true })), { maxLength: 3 }),
});

describe('any number of bundles at once', () => {
  it('come out whole, however their blocks, instructions and splits meet', async () => {
    await withWorker({ uneven }, async (runner) => {
      runner.describe(describeStage({ id: 'stage', url: runner.endpoint, doFn: 'uneven' }));
      // The first bundle makes the worker open its data stream: before that nothing can come early.
      await run(runner, 'opening', { elements: 1, cuts: [], early: 0, splits: [] });
      let round = 0;
      let shortened = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(bundle, { minLength: 1, maxLength: 12 }), async (bundles) => {
          round++;
          const kept = await Promise.all(bundles.map((made, i) => run(runner, `bundle-${round}-${i}`, made)));
          shortened += bundles.filter(({ elements }, i) => (kept[i] ?? 0) < elements).length;
        }),
        { numRuns: 40 },
      );
      assert.ok(shortened > 0, 'no bundle was split');
    });
  });
});

/** Plays one bundle and looks at what came of it. @returns how many elements it kept */
async function run(runner: FakeRunner, id: string, { elements, cuts, early, splits }: Bundle): Promise<number> {
  const texts = Array.from({ length: elements }, (_, i) => `${id} ${i}`);
  const blocks = cutUp(Buffer.concat(texts.map(bytesElement)), cuts);
  let kept = elements;
  let processed: Promise<unknown> | undefined;
  for (const [i, block] of blocks.entries()) {
    if (i >= early) processed ??= runner.process(id, 'stage');
    await runner.send(id, 'source', block, i === blocks.length - 1);
    for (const [afterBlock, fraction] of splits) {
      if (afterBlock === i) kept = Math.min(kept, await split(runner, id, fraction, kept));
    }
  }
  processed ??= runner.process(id, 'stage');
  await processed;
  const expected = texts.slice(0, kept).flatMap((text) => [text, text]);
  assert.deepEqual(decodeOutput(await runner.output(id, 'sink')), expected);
  return kept;
}

/** @returns how many elements the worker keeps */
async function split(runner: FakeRunner, instructionId: string, fraction: number, estimated: number): Promise<number> {
  const source = { fractionOfRemainder: fraction, estimatedInputElements: BigInt(estimated) };
  const { value } = await runner.ask({
    case: 'processBundleSplit',
    value: { instructionId, desiredSplits: { source } },
  });
  const [found] = (value as ProcessBundleSplitResponse).channelSplits;
  return found === undefined ? estimated : Number(found.firstResidualElement);
}

function cutUp(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length].sort((a, b) => a - b);
  return places.slice(1).map((end, i) => bytes.subarray(places[i], end));
}
