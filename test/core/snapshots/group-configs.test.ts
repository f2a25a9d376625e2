import assert from 'node:assert/strict';
import { groupConfigs } from '../../../src/core/snapshots/index.js';

describe('configs in a list', () => {
  it('show the snapshots of a config as one, with the first, the last and their number', () => {
    const nights = Array.from({ length: 30 }, (_, night) => `202611${String(night + 1).padStart(2, '0')}`);
    const groups = groupConfigs(['women', ...nights.map((night) => `${night}.men`), 'men', '202611', ...nights]);
    assert.deepEqual(
      groups.map(({ label, names }) => [label, names.length]),
      [
        ['men', 1],
        ['women', 1],
        ['202611', 1],
        ['20261101 to 20261130 (30 snapshots)', 30],
        ['20261101.men to 20261130.men (30 snapshots)', 30],
      ],
    );
  });
});
