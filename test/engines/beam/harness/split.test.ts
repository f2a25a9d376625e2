import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { findSplit } from '../../../../src/engines/beam/harness/split.js';
import { findBeamPython } from '../../../beam/prepare-runners.js';
import { skip } from '../../../oracle/index.js';

interface Case {
  readonly index: number;
  /** 0 for none. */
  readonly stop: number;
  readonly fraction: number;
  readonly estimated: number;
  readonly allowed: readonly number[];
}

/** Python's SDK, for elements of which nobody knows how far they are. Answers with the first element given away, or null. */
const script = `
import json, sys
from apache_beam.runners.worker.bundle_processor import DataInputOperation
answers = []
for case in json.load(sys.stdin):
    split = DataInputOperation._compute_split(
        case["index"], 0.5, case["stop"] or float("inf"), case["fraction"], case["estimated"], case["allowed"])
    answers.append(split and split[-1])
print(json.dumps(answers))
`;

/** All small cases; fractions at which no half has to be rounded. */
function cases(): readonly Case[] {
  const found: Case[] = [];
  for (const index of [0, 1, 4]) {
    for (const stop of [0, 2, 5, 9]) {
      for (const fraction of [0, 0.13, 0.49, 0.77, 1]) {
        for (const estimated of [0, 1, 3, 6, 20]) {
          for (const allowed of [[], [1], [3, 5, 8], [2, 6], [4]])
            found.push({ index, stop, fraction, estimated, allowed });
        }
      }
    }
  }
  return found.filter(({ index, stop }) => stop === 0 || stop > index);
}

describe('where a bundle is split', () => {
  it("is where Beam's Python SDK splits it", function () {
    const python = findBeamPython();
    if ('missing' in python) return skip(this, python.missing);
    const asked = cases();
    const answers = JSON.parse(
      execFileSync(python.program, ['-c', script], { input: JSON.stringify(asked), encoding: 'utf8', stdio: 'pipe' }),
    ) as (number | null)[];
    assert.ok(answers.some((answer) => answer !== null) && answers.some((answer) => answer === null));
    for (const [i, { index, stop, fraction, estimated, allowed }] of asked.entries()) {
      const ours = findSplit(
        { index, stop: stop === 0 ? Number.POSITIVE_INFINITY : stop },
        {
          fractionOfRemainder: fraction,
          estimatedInputElements: BigInt(estimated),
          allowedSplitPoints: allowed.map(BigInt),
        },
      );
      assert.equal(ours ?? null, answers[i], JSON.stringify(asked[i]));
    }
  });

  it('is nowhere before the first element', () => {
    const desired = { fractionOfRemainder: 0.5, estimatedInputElements: 10n, allowedSplitPoints: [] };
    assert.equal(findSplit({ index: -1, stop: Number.POSITIVE_INFINITY }, desired), undefined);
  });
});
