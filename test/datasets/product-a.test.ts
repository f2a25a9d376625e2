import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import { microsecondsOf } from '../../datasets/products/product_a/logs.js';
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

  for (const [reference, examples] of [
    ['product_a', { train: 14_408, validation: 2954, test: 2638 }],
    ['product_a/men:1.1.0', { train: 14_485, validation: 2741, test: 2774 }],
    ['product_a/women:1.0.0', { train: 14_676, validation: 2730, test: 2594 }],
  ] as const) {
    it(`holds every impression of both policies, joined with its item: ${reference}`, async function () {
      const built = await registry.build(reference);
      assert.equal(built.config, /\/(\w+)/.exec(reference)?.[1] ?? 'all');
      assert.equal(built.version, reference.split(':')[1] ?? '1.2.0');
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

  it('is what a query over the same files makes, bit by bit', async () => {
    const read = await registry.build('product_a/men:1.2.0');
    const queried = await registry.build('product_a_queried', {
      datasets: [join(import.meta.dirname, 'fixtures')],
      warehouse: 'duckdb',
    });
    assert.ok(read.contentDigest !== undefined);
    assert.equal(queried.contentDigest, read.contentDigest);
  });

  it('keeps the microseconds of a time', () => {
    assert.equal(microsecondsOf('2019-11-24 00:00:17.004101+00:00'), 1_574_553_617_004_101n);
    const time = fc.record({
      milliseconds: fc.integer({ min: 0, max: 4_102_444_800_000 }),
      micro: fc.integer({ min: 0, max: 999 }),
    });
    fc.assert(
      fc.property(time, ({ milliseconds, micro }) => {
        const [day, clock] = new Date(milliseconds).toISOString().slice(0, -1).split('T');
        const text = `${day} ${clock}${String(micro).padStart(3, '0')}+00:00`;
        assert.equal(microsecondsOf(text), BigInt(milliseconds) * 1000n + BigInt(micro));
      }),
    );
    for (const bad of ['', '2019-11-24', '2019-11-24 00:00:17+00:00', '2019-11-24 25:00:17.004101+00:00']) {
      assert.throws(() => microsecondsOf(bad), { code: 'SOURCE_MALFORMED' });
    }
  });
});
