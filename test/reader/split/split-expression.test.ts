import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DatasetsError } from '../../../src/core/errors/index.js';
import { evenSplits } from '../../../src/reader/split/even-splits.js';
import { parseSplitExpression } from '../../../src/reader/split/split-expression.js';
import { type ExampleRange, resolveSplit, type SplitShape } from '../../../src/reader/split/split-ranges.js';
import { OracleError, requireOracle } from '../../oracle/index.js';

type Lengths = Readonly<Record<string, readonly number[]>>;

const shapes = (lengths: Lengths): readonly SplitShape[] =>
  Object.entries(lengths).map(([name, shards]) => ({
    name,
    examples: shards.reduce((sum, examples) => sum + examples, 0),
    shards: shards.map((examples) => ({ examples })),
  }));

const ours = (expression: string, lengths: Lengths): readonly ExampleRange[] | 'refused' => {
  try {
    return resolveSplit(expression, shapes(lengths));
  } catch (error) {
    assert.ok(error instanceof DatasetsError, String(error));
    assert.ok(error.code === 'SPLIT_EXPRESSION_INVALID' || error.code === 'SPLIT_UNKNOWN', error.code);
    return 'refused';
  }
};

const lengths = fc.record({
  train: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 6 }),
  test: fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 3 }),
});
const number = fc.oneof(fc.integer({ min: -120, max: 120 }).map(String), fc.constantFrom('0', '-0', '1_0', '007'));
const fraction = fc.double({ min: -110, max: 110, noNaN: true }).map((value) => String(Math.round(value * 100) / 100));
const unit = fc.constantFrom('', '%', 'shard');
const side = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(number, unit).map((parts) => parts.join('')) },
  { weight: 2, arbitrary: fraction.map((value) => `${value}%`) },
  { weight: 2, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: fc.stringMatching(/^[-0-9._%shard]{1,6}$/) },
);
const slice = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(side, side).map((sides) => `[${sides.join(':')}]`) },
  { weight: 2, arbitrary: side.map((one) => `[${one}]`) },
  { weight: 2, arbitrary: fc.constant('') },
);
const term = fc.tuple(fc.constantFrom('train', 'test', 'all', 'valid'), slice).map((parts) => parts.join(''));
const expression = fc
  .array(
    fc.oneof({ weight: 9, arbitrary: term }, { weight: 1, arbitrary: fc.constantFrom('', 'train[', '[2]', 'a b') }),
    {
      minLength: 1,
      maxLength: 3,
    },
  )
  .chain((terms) => fc.constantFrom('+', ' + ').map((plus) => terms.join(plus)));

/** Expressions that tfds takes and gives a meaning that nobody can have meant; they are refused here. */
function isRefusedOnPurpose(text: string, ranges: readonly ExampleRange[]): boolean {
  const mixed = /%:[^\]]*shard|shard:[^\]]*%/.test(text);
  return mixed || ranges.some((range) => range.from > range.to);
}

describe('split expressions', () => {
  it('mean what tfds takes them to mean, whatever they are', async function () {
    const oracle = requireOracle(this);
    const seen = { accepted: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(expression, lengths, async (text, splits) => {
        let theirs: readonly ExampleRange[] | 'refused';
        try {
          theirs = (await oracle.call('splits.evaluate', { expression: text, splits })) as readonly ExampleRange[];
        } catch (error) {
          assert.ok(error instanceof OracleError, String(error));
          theirs = 'refused';
        }
        const mine = ours(text, splits);
        if (mine === 'refused' && theirs !== 'refused' && isRefusedOnPurpose(text, theirs)) return;
        assert.deepEqual(mine, theirs, text);
        seen[mine === 'refused' ? 'refused' : 'accepted'] += 1;
      }),
      { numRuns: 1500 },
    );
    assert.ok(seen.accepted > 100 && seen.refused > 100, JSON.stringify(seen));
  });

  it('cut a split evenly as tfds does', async function () {
    const oracle = requireOracle(this);
    const split = fc.constantFrom('train', 'train+test', 'test[10:50%]', 'train[:0]', 'all', 'train[1shard]');
    await fc.assert(
      fc.asyncProperty(split, lengths, fc.integer({ min: 1, max: 9 }), fc.boolean(), async (of, splits, n, drop) => {
        const call = { split: of, n, splits, drop_remainder: drop };
        const theirs = await oracle.call('splits.even', call).catch(() => 'refused');
        if (theirs === 'refused') return assert.equal(ours(of, splits), 'refused');
        const parts = evenSplits(of, n, { dropRemainder: drop });
        assert.deepEqual(
          parts.map((part) => resolveSplit(part, shapes(splits))),
          theirs,
        );
      }),
      { numRuns: 150 },
    );
  });

  const splits = { train: [5, 5], test: [3] };
  const rangesOf = (text: string) =>
    resolveSplit(text, shapes(splits)).map(({ split, from, to }) => `${split} ${from}-${to}`);

  it('take every form of the documentation', () => {
    assert.deepEqual(rangesOf('train'), ['train 0-10']);
    assert.deepEqual(rangesOf('train[:80%]+test'), ['train 0-8', 'test 0-3']);
    assert.deepEqual(rangesOf('train[2:5]'), ['train 2-5']);
    assert.deepEqual(rangesOf('train[:1shard]'), ['train 0-5']);
    assert.deepEqual(rangesOf('train[-1shard]'), ['train 5-10']);
    assert.deepEqual(rangesOf('train[-10%:]'), ['train 9-10']);
    assert.deepEqual(rangesOf('all'), ['train 0-10', 'test 0-3']);
    assert.deepEqual(rangesOf('test[:50%]'), ['test 0-2']);
  });

  it('are also values: slices with a rounding, parts of parts, sums', () => {
    const hundreds = shapes({ train: [250] });
    const onePercent = { split: 'train', from: 0, to: 1, unit: '%', rounding: 'pct1_dropremainder' } as const;
    assert.deepEqual(resolveSplit(onePercent, hundreds), [{ split: 'train', from: 0, to: 2 }]);
    assert.deepEqual(resolveSplit({ ...onePercent, rounding: 'closest' }, hundreds), [
      { split: 'train', from: 0, to: 2 },
    ]);
    assert.deepEqual(resolveSplit({ ...onePercent, from: undefined, to: -10 }, hundreds), [
      { split: 'train', from: 0, to: 230 },
    ]);
    const [, second = ''] = evenSplits('train', 2);
    const [quarter = '', rest = ''] = evenSplits(second, 2);
    assert.deepEqual(resolveSplit([quarter, rest], hundreds), [
      { split: 'train', from: 125, to: 188 },
      { split: 'train', from: 188, to: 250 },
    ]);
    for (const wrong of [{ from: 0.5 }, { unit: '%', from: 101 }, { to: Number.NaN }] as const) {
      assert.throws(() => resolveSplit({ split: 'train', ...wrong }, hundreds), { code: 'SPLIT_EXPRESSION_INVALID' });
    }
    assert.throws(() => resolveSplit(onePercent, shapes({ train: [99] })), { message: /pct1_dropremainder/ });
    assert.throws(() => evenSplits('train', 0), { code: 'SPLIT_EXPRESSION_INVALID' });
    assert.throws(() => evenSplits('train', 1.5), { code: 'SPLIT_EXPRESSION_INVALID' });
  });

  it('say where they go wrong and what would be right', () => {
    const failing = (text: string, message: RegExp, hint: RegExp) =>
      assert.throws(() => resolveSplit(text, shapes(splits)), { code: 'SPLIT_EXPRESSION_INVALID', message, hint });
    failing('train[:80%', /expected \] at character 11, got the end/, /train\[:80%\]/);
    failing('train test', /expected \+ or the end at character 6, got " test"/, /\+/);
    failing('train+', /name of a split at character 7/, /train/);
    failing('train[5]', /character 7/, /\[5:6\]/);
    failing('train[:]', /character 7/, /whole split/);
    failing('train[1:2:3]', /character 10/, /no step/);
    failing('train[:1.5]', /whole number at character 8/, /percents/);
    failing('train[:101%]', /-100 and 100 at character 8/, /80%/);
    failing('train[1%:2shard]', /mixes % and shard at character 10/, /one unit/);
    failing('all[:10%]', /character 4/, /each split/);
    failing('train[8:2]', /ends before it begins/, /smaller/);
    failing('train[:11]', /beyond the 10 examples of train/, /within 10/);
    failing('', /character 1, got the end/, /train/);
  });

  it('name the nearest split when there is none of that name', () => {
    assert.throws(() => resolveSplit('trian[:2]', shapes(splits)), {
      code: 'SPLIT_UNKNOWN',
      message: /no split trian/,
      hint: /Did you mean train\? The splits are: train, test\./,
    });
  });

  it('keep the position of each term', () => {
    assert.deepEqual(
      parseSplitExpression('train + all').map((part) => part.position),
      [0, 8],
    );
  });
});
