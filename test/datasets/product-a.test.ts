import assert from 'node:assert/strict';
import { join } from 'node:path';
import { csv, files } from '../../src/sources/index.js';
import { repositoryRoot, requireOracle } from '../oracle/index.js';
import { readAll } from '../sources/read-all.js';
import { type Checked, TemporaryRegistry } from './build-dataset.js';

const source = `${repositoryRoot}/datasets/products/product_a/data`;

describe('product_a', function () {
  this.timeout(300_000);
  let registry: TemporaryRegistry;
  before(() => {
    registry = new TemporaryRegistry();
  });
  after(() => registry.remove());

  it('reads every field of every log as Python reads it', async function () {
    const oracle = requireOracle(this);
    const { elements } = await readAll(files(`${source}/*.csv*`));
    assert.equal(elements.length, 9);
    const { createHash } = await import('node:crypto');
    for (const { path } of elements) {
      const table = (await oracle.call('sources.csv_row_digests', { file: `${repositoryRoot}/${path}` })) as {
        header: string[];
        digests: string[];
      };
      const rows = (await readAll(csv(path))).elements;
      assert.deepEqual(Object.keys(rows[0] ?? {}), table.header);
      const digests = rows.map((row) =>
        createHash('sha256').update(Object.values(row).join('\u001f')).digest('hex').slice(0, 8),
      );
      assert.deepEqual(digests, table.digests);
    }
  });

  // The digests are those of the versions that were made while the logs were read as CSV: by SQL not a byte is another.
  for (const [reference, contentDigest, examples] of [
    [
      'product_a',
      'd148a1827663c1249be86f47155f08dfd0e2f5d0b5012bc163cad5857b9eafd1',
      { train: 14_408, validation: 2954, test: 2638 },
    ],
    [
      'product_a/men:1.1.0',
      'fa6afc0373bce3579e523a9f7a4bf319279ff1f5f440c4fb1caa1748fa0e9122',
      { train: 14_485, validation: 2741, test: 2774 },
    ],
    [
      'product_a/women:1.0.0',
      'b3c6edb2493bf33ab098541c39bf8a6c722e9fb545946c53e5028d734c68dd21',
      { train: 14_676, validation: 2730, test: 2594 },
    ],
  ] as const) {
    it(`holds every impression of both policies, joined with its item: ${reference}`, async function () {
      const built = await registry.build(reference);
      assert.equal(built.config, /\/(\w+)/.exec(reference)?.[1] ?? 'all');
      assert.equal(built.version, reference.split(':')[1] ?? '1.2.0');
      assert.equal(built.contentDigest, contentDigest);
      const unmatched = Object.entries(built.counters).filter(([name]) => name.includes('unmatched'));
      assert.ok(unmatched.length > 0 && unmatched.every(([, count]) => count === 0));
      const { directory, config, version } = built;
      const checked = (await requireOracle(this).call('datasets.product_a', {
        directory,
        source,
        config,
        version,
      })) as Checked;
      assert.deepEqual(checked.problems, []);
      assert.deepEqual(checked.examples, examples);
      assert.ok(checked.compared > 200_000);
    });
  }

  it('is what one query makes that joins the items itself, bit by bit', async () => {
    const joined = await registry.build('product_a/men:1.2.0');
    const queried = await registry.build('product_a_queried', {
      datasets: [join(import.meta.dirname, 'fixtures')],
      warehouse: 'duckdb',
    });
    assert.ok(joined.contentDigest !== undefined);
    assert.equal(queried.contentDigest, joined.contentDigest);
  });
});
