import assert from 'node:assert/strict';
import { type NightKind, simulate } from './simulate.js';

describe('data sets in a lineage graph, rebuilt night after night', function () {
  this.timeout(300_000);

  it('are each published once with the rows of their day, or reported, whatever becomes of sources and schedulers', async () => {
    const nights: readonly NightKind[] = ['plain', 'plain', 'stopped', 'missed', 'killed', 'plain', 'double', 'plain'];
    const { nights: done, published } = await simulate({ datasets: 12, nights, seed: 7 });
    assert.deepEqual(
      done.flatMap(({ night, faults }) => faults.map((fault) => `night ${night}: ${fault}`)),
      [],
    );
    const sum = (pick: (night: (typeof done)[number]) => number) =>
      done.reduce((total, night) => total + pick(night), 0);
    // That the seed gives something of each.
    assert.ok(sum(({ failed }) => failed) > 0 && sum(({ skipped }) => skipped) > 0, 'nothing went wrong');
    assert.equal(
      published,
      sum((night) => night.published),
    );
  });
});
