import assert from 'node:assert/strict';
import { runCampaign } from './kill/campaign.js';

describe('builds that are killed', function () {
  this.timeout(600_000);

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
    // Whether something was spilt before the kill is a matter of milliseconds.
    const seen = new Set(kills.map(({ phase }) => (phase === 'spilling' ? 'reading' : phase)));
    assert.deepEqual([...seen].sort(), ['encoding', 'publishing', 'reading', 'sorting']);
    assert.ok(kills.reduce((sum, { units }) => sum + units.reused, 0) > 20);
  });
});
