import assert from 'node:assert/strict';
import fc from 'fast-check';
import { planFetch, positionIn } from '../../../../src/engines/beam/files/fetch-plan.js';

const gap = 1 << 16;

describe('the plan of what to fetch', () => {
  const slices = fc.array(
    fc.record({
      file: fc.constantFrom('a', 'b', 'c'),
      offset: fc.integer({ min: 0, max: 1 << 22 }),
      bytes: fc.integer({ min: 1, max: 1 << 17 }),
    }),
    { minLength: 1, maxLength: 60 },
  );

  it('gives every slice its own bytes, wherever the slices lie', () => {
    fc.assert(
      fc.property(slices, (wanted) => {
        const plan = planFetch(wanted);
        for (const slice of wanted) {
          const range = plan.ranges
            .get(slice.file)
            ?.find(({ from, to }) => from <= slice.offset && slice.offset + slice.bytes <= to);
          assert.ok(range !== undefined, 'no range holds the slice');
          assert.equal(positionIn(plan, slice) - range.position, slice.offset - range.from);
        }
      }),
    );
  });

  it('puts ranges behind each other, fetches no byte twice and none that is far from what is wanted', () => {
    fc.assert(
      fc.property(slices, (wanted) => {
        const plan = planFetch(wanted);
        const placed = [...plan.ranges.values()].flat().sort((a, b) => a.position - b.position);
        let end = 0;
        for (const { from, to, position } of placed) {
          assert.equal(position, end);
          end += to - from;
        }
        assert.equal(end, plan.bytes);
        for (const [file, ranges] of plan.ranges) {
          for (const [index, { from, to }] of ranges.entries()) {
            const next = ranges[index + 1];
            assert.ok(next === undefined || next.from > to + gap, 'two ranges could be one');
            const inside = wanted
              .filter((slice) => slice.file === file && slice.offset >= from && slice.offset < to)
              .sort((a, b) => a.offset - b.offset);
            let reached = from;
            for (const { offset, bytes } of inside) {
              assert.ok(offset <= reached + gap, 'more than a gap that nobody wants is fetched');
              reached = Math.max(reached, offset + bytes);
            }
            assert.equal(reached, to);
          }
        }
      }),
    );
  });
});
