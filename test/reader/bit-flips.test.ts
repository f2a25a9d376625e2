import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { damageVersion } from '../campaigns/damage-version.js';
import { twoCopies } from '../campaigns/two-copies.js';

describe('damage to a version', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ailab-damage-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  // A thousand of them: node dist/test/campaigns/bit-flips.js.
  it('of one bit, or a cut, a swap, zeros, in any file is found by verify and by a verified read', async () => {
    const copies = await twoCopies(folder);
    for (const damages of [['flip'], ['cut', 'swap', 'zero']] as const) {
      for (const tally of await damageVersion({ ...copies, trials: 40, seed: 4, damages })) {
        assert.ok(tally.trials > 0);
        assert.equal(tally.verified, tally.trials, tally.kind);
        assert.equal(tally.stopped, tally.reads, tally.kind);
      }
    }
  });
});
