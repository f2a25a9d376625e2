import assert from 'node:assert/strict';
import { storageUnderFaults } from '../../campaigns/storage-under-faults.js';
import { faultKinds, requireGcs } from '../../gcs/index.js';

describe('a bucket behind a bad network', () => {
  it('loses nothing, doubles nothing and never hangs, whatever happens to requests', async function () {
    const result = await storageUnderFaults(await requireGcs(this), { faults: 100, seed: 7 });
    assert.deepEqual(result.problems, []);
    assert.ok(result.total >= 100);
    const seen = new Set([...result.faults.keys()].map((key) => key.split(', ')[1]));
    assert.deepEqual([...seen].sort(), [...faultKinds].sort());
  });
});
