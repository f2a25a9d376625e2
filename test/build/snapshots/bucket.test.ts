import assert from 'node:assert/strict';
import { build, load, snapshotRules } from '../../../src/build/index.js';
import type { ResolvedConfig } from '../../../src/core/config/index.js';
import type { AliasName, DatasetName } from '../../../src/core/names/index.js';
import { openRegistry, prune } from '../../../src/registry/index.js';
import { requireGcs } from '../../gcs/index.js';
import { TeamProject } from '../team-project.js';

const clicks = 'clicks' as DatasetName;

describe('snapshots in a bucket', () => {
  let project: TeamProject;
  let config: ResolvedConfig;
  before(async function () {
    const gcs = await requireGcs(this);
    const { url } = await gcs.newBucket();
    project = await TeamProject.create();
    await project.addDataset(
      'clicks',
      `
  static override readonly versions = { '1.0.0': 'First.' };
  static override readonly snapshots = 'hourly' as const;
  static override readonly keep = { hourly: 2 };
  info() { return { description: 'd', features: features({ until: text() }) }; }
  splits(p: any) {
    const until = this.snapshot.to.toISOString();
    return { train: p.generate(function* () { yield [1, { until }]; }) };
  }`,
    );
    const settings = { runner: 'inline', registry: url, workDirectory: 'work', cacheDirectory: 'cache' } as const;
    config = await project.config(settings);
  });
  after(() => project?.remove());

  it('are published, moved to, and pruned as in a directory', async () => {
    const registry = openRegistry(config.registry);
    for (const hour of [1, 2, 3]) {
      const now = new Date(Date.UTC(2026, 10, 21, hour, 10));
      const { config: published, movedAlias } = await build('clicks', { config, now, snapshot: 'newest' });
      assert.equal(published, `20261121T0${hour - 1}`);
      assert.deepEqual(movedAlias, { name: 'nightly', generation: hour });
    }
    for await (const { until } of (await load('clicks@nightly', { config })) as AsyncIterable<{ until: string }>) {
      assert.equal(until, '2026-11-21T03:00:00.000Z');
    }
    await assert.rejects(load('clicks', { config, build: 'never' }), { hint: /clicks\/20261121T02.*clicks@nightly/ });
    await prune(registry, { remove: true, snapshots: await snapshotRules(config) });
    const listing = await registry.listDataset(clicks);
    assert.deepEqual(listing?.configs.map(({ name }) => name as string).sort(), ['20261121T01', '20261121T02']);
  });

  it('move the alias to the newest of those that are published at once', async () => {
    const now = new Date('2026-11-22T10:00:00Z');
    const names = ['20261122T05', '20261122T07', '20261122T06'];
    await Promise.all(names.map((snapshot) => build('clicks', { config, now, snapshot })));
    const target = await openRegistry(config.registry).aliases(clicks, 'nightly' as AliasName);
    assert.equal(target?.config, '20261122T07');
  });
});
