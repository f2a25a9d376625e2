import assert from 'node:assert/strict';
import fc from 'fast-check';
import { orderSteps } from '../../src/schedule/plan/order-steps.js';
import { inOrder } from '../../src/schedule/run/in-order.js';

/** Steps of which each reads some of those before it, in any order. */
const graphs = fc.array(fc.array(fc.nat(30), { maxLength: 4 }), { minLength: 1, maxLength: 30 }).chain((reads) => {
  const steps = reads.map((numbers, index) => ({
    reference: `s${index}`,
    upstreams: [...new Set(numbers.filter((number) => number < index).map((number) => `s${number}`))],
    after: [] as string[],
  }));
  return fc.shuffledSubarray(steps, { minLength: steps.length });
});

describe('the order of steps', () => {
  it('has each step in the wave after the last one that it is made from', () => {
    fc.assert(
      fc.property(graphs, (steps) => {
        const { waves, circles } = orderSteps(steps);
        assert.deepEqual(circles, []);
        const waveOf = new Map(waves.flatMap((wave, index) => wave.map(({ reference }) => [reference, index])));
        assert.equal(waveOf.size, steps.length);
        for (const { reference, upstreams } of steps) {
          const last = Math.max(-1, ...upstreams.map((name) => waveOf.get(name) ?? Number.NaN));
          assert.equal(waveOf.get(reference), last + 1);
        }
      }),
    );
  });

  it('names a circle, and what is in none has its place', () => {
    const step = (reference: string, ...upstreams: string[]) => ({ reference, upstreams });
    const found = orderSteps([step('a', 'c'), step('b', 'a'), step('c', 'b'), step('d', 'c'), step('e')]);
    assert.deepEqual(found.circles, [['a', 'c', 'b', 'a']]);
    assert.deepEqual(
      found.waves.map((wave) => wave.map(({ reference }) => reference)),
      [['e']],
    );
  });

  it('begins no step before all that it waits for has ended, and not more at once than allowed', async () => {
    const delays = fc.array(fc.nat(8), { minLength: 31, maxLength: 31 });
    await fc.assert(
      fc.asyncProperty(graphs, fc.integer({ min: 1, max: 4 }), delays, async (steps, limit, turns) => {
        const ended = new Set<string>();
        let running = 0;
        await inOrder(steps, limit, async ({ reference, upstreams }) => {
          running++;
          assert.ok(running <= limit);
          for (const name of upstreams) assert.ok(ended.has(name), `${reference} began before ${name} had ended`);
          for (let turn = turns[Number(reference.slice(1))] ?? 0; turn > 0; turn--) await Promise.resolve();
          ended.add(reference);
          running--;
        });
        assert.equal(ended.size, steps.length);
      }),
    );
  });
});
