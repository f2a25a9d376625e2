import assert from 'node:assert/strict';
import { runCampaign } from './kill/campaign.js';
import { phases } from './kill/phases.js';

describe('builds that are killed', function () {
  this.timeout(300_000);

  it('go on to the same bytes, show nothing in between, and redo at most a unit a worker', async () => {
    const { kills } = await runCampaign({
      kills: 20,
      seed: 20,
      datasets: ['digits', 'routes', 'generated', 'dealt'],
    });
    assert.deepEqual(
      kills.flatMap((kill) => kill.faults),
      [],
    );
    const seen = new Set(kills.map((kill) => kill.phase));
    assert.deepEqual(
      [...phases].filter((phase) => !seen.has(phase)),
      [],
    );
    assert.ok(kills.reduce((sum, { units }) => sum + units.reused, 0) > 20);
  });
});
