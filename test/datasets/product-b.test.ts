import assert from 'node:assert/strict';
import { requireOracle } from '../oracle/index.js';
import { packageFolder } from '../sources/read-all.js';
import { type Checked, TemporaryRegistry } from './build-dataset.js';

describe('product_b', function () {
  this.timeout(600_000);
  let registry: TemporaryRegistry;
  before(() => {
    registry = new TemporaryRegistry();
  });
  after(() => registry.remove());

  it('holds all 3,000,000 flights in the order of their keys, in both formats', async function () {
    const oracle = requireOracle(this);
    const { directory, splits } = await registry.build('product_b');
    assert.deepEqual(
      splits.map(({ name, examples }) => [name, examples]),
      [['train', 3_000_000]],
    );
    const source = `${packageFolder('vega-datasets')}/data/flights-3m.parquet`;
    const checked = (await oracle.call('datasets.product_b', { directory, source })) as Checked;
    assert.deepEqual(checked.problems, []);
    assert.ok(checked.compared > 900);
  });
});
