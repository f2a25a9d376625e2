import assert from 'node:assert/strict';
import { yank } from '../../../src/promotion/index.js';
import { lineageMermaid, lineageOf, lineageTree } from '../../../src/provenance/index.js';
import { Lab } from './lab.js';

describe('the lineage of a version', () => {
  let lab: Lab | undefined;
  before(async () => {
    lab = await Lab.create();
  });
  after(() => lab?.remove());

  const copy = async () => (await lab?.edited([])) ?? assert.fail('no lab');

  it('leads up to the sources', async () => {
    const config = await copy();
    const found = await lineageOf('ranking', 'up', config);
    assert.equal(
      lineageTree(found),
      [
        'ranking:1.1.0',
        '└─ affinity:1.1.0 (items)',
        '   ├─ items:1.1.0',
        '   │  └─ items.csv (items)',
        '   └─ users:1.1.0',
        '      └─ users.csv (users)',
      ].join('\n'),
    );
    assert.deepEqual(found.edges[0], { from: 'affinity:1.1.0', to: 'ranking:1.1.0', split: 'items' });
  });

  it('leads down to all that reads it, and says what is yanked', async () => {
    const config = await copy();
    await yank('affinity:1.1.0', { reason: 'a "bad" join', config });
    const found = await lineageOf('items:1.1.0', 'down', config);
    assert.equal(
      lineageTree(found),
      [
        'items:1.1.0',
        '└─ affinity:1.1.0 [yanked: a "bad" join]',
        '   └─ ranking:1.1.0 (items)',
        '      └─ report:1.1.0',
      ].join('\n'),
    );
    assert.deepEqual((await lineageOf('report', 'down', config)).nodes, [{ id: 'report:1.1.0', kind: 'version' }]);
    const lines = lineageMermaid(found).split('\n');
    assert.deepEqual(lines.slice(0, 3), [
      'flowchart LR',
      '  n0["items:1.1.0"]',
      '  n1["affinity:1.1.0 [yanked: a #34;bad#34; join]"]',
    ]);
    assert.ok(lines.includes('  n1 -->|"items"| n2'), lines.join('\n'));
  });
});
