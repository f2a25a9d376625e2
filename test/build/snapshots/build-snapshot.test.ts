import assert from 'node:assert/strict';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, build, load } from '../../../src/build/index.js';
import type { ResolvedConfig } from '../../../src/core/config/index.js';
import { type AliasName, type DatasetName, parseReference } from '../../../src/core/names/index.js';
import { aliasHistory, openRegistry, readManifest, readYank } from '../../../src/registry/index.js';
import { requirePrism } from '../../beam/index.js';
import { TeamProject } from '../team-project.js';

const clicks = 'clicks' as DatasetName;

/** Reads the files of the days before the end of the snapshot: data as it lands in a folder. */
const body = `
  static override readonly versions = { '1.2.0': 'Adds b.', '1.0.0': 'First.' };
  static override readonly supportedVersions = ['1.0.0'];
  static override readonly snapshots = 'daily' as const;
  info() { return { description: 'd', features: features({ n: scalar('int64'), seen: text() }) }; }
  splits(p: any) {
    const { config, snapshot, version } = this;
    const until = p.snapshotTime.toISOString();
    const seen = [config ?? '-', snapshot?.name ?? '-', snapshot?.from.toISOString() ?? '-', until, version].join(' ');
    const rows = p.read(csv('days.csv', { types: { day: 'string', n: 'int64' } }));
    return {
      train: rows.filter((row: any) => row.day < until.slice(0, 10)).keyBy((row: any) => row.n).mapValues(({ n }: any) => ({ n, seen })),
    };
  }`;

const days = (until: number) =>
  `day,n\n${Array.from({ length: until }, (_, i) => `2026-11-${String(i + 1).padStart(2, '0')},${i + 1}\n`).join('')}`;

/** What the builder knew when it made the first example. */
async function seenIn(reference: string, config: ResolvedConfig): Promise<string | undefined> {
  for await (const { seen } of (await load(reference, { config })) as AsyncIterable<{ seen: string }>) return seen;
  return undefined;
}

describe('a snapshot of data that grows', () => {
  let project: TeamProject;
  let config: ResolvedConfig;
  const at = (now: string): Pick<BuildOptions, 'config' | 'now'> => ({ config, now: new Date(now) });
  const numbers = async (reference: string) => {
    const found: unknown[] = [];
    for await (const { n } of (await load(reference, { config, build: 'never' })) as AsyncIterable<{ n: bigint }>)
      found.push(Number(n));
    return found.sort((a, b) => Number(a) - Number(b));
  };
  const nightly = async (alias = 'nightly') => {
    const registry = openRegistry(config.registry);
    return (await registry.aliases(clicks, alias as AliasName))?.config;
  };

  before(async () => {
    project = await TeamProject.create();
    await project.addDataset('clicks', body);
    await project.addFile('datasets/clicks/days.csv', days(30));
    config = await project.config({ runner: 'inline' });
  });
  after(() => project.remove());

  it('is published as a config of the version, for the time when its period ends', async () => {
    const result = await build('clicks', { ...at('2026-11-04T03:00:00Z'), snapshot: '20261103' });
    assert.equal(result.status, 'built');
    assert.equal(result.config, '20261103');
    assert.equal(result.directory, join(project.registry, 'clicks/20261103/1.2.0'));
    assert.deepEqual(await numbers('clicks/20261103:1.2.0'), [1, 2, 3]);
    assert.equal(
      await seenIn('clicks/20261103:1.*.*', config),
      '- 20261103 2026-11-03T00:00:00.000Z 2026-11-04T00:00:00.000Z 1.2.0',
    );
    const manifest = await readManifest(openRegistry(config.registry).storage, 'clicks/20261103/1.2.0');
    assert.equal(manifest?.snapshotTime, '2026-11-04T00:00:00.000Z');
    assert.deepEqual(manifest?.snapshot, {
      name: '20261103',
      period: 'daily',
      from: '2026-11-03T00:00:00.000Z',
      to: '2026-11-04T00:00:00.000Z',
    });
    assert.equal(await nightly(), '20261103');
    assert.equal(result.movedAlias?.name, 'nightly');
  });

  it('is named by the reference as well, and the newest that is over by a word', async () => {
    assert.equal((await build('clicks/20261103', at('2026-11-04T03:00:00Z'))).status, 'exists');
    const newest = await build('clicks', { ...at('2026-11-05T00:00:00Z'), snapshot: 'newest' });
    assert.equal(newest.config, '20261104');
    assert.equal(await nightly(), '20261104');
    assert.deepEqual(await numbers('clicks@nightly'), [1, 2, 3, 4]);
  });

  it('never moves `nightly` backwards, and of one day only to a newer version', async () => {
    const older = await build('clicks/20261102', at('2026-11-05T03:00:00Z'));
    assert.equal(older.movedAlias, undefined);
    await build('clicks/20261104:1.0.0', at('2026-11-05T03:00:00Z'));
    const target = await openRegistry(config.registry).aliases(clicks, 'nightly' as AliasName);
    assert.deepEqual(target, { config: '20261104', version: '1.2.0' });
    const moves = await aliasHistory(openRegistry(config.registry), clicks, 'nightly' as AliasName);
    assert.deepEqual(
      moves.map((move) => move.target?.config),
      ['20261103', '20261104'],
    );
  });

  it('is refused before its period is over, with what can be built', async () => {
    await assert.rejects(build('clicks/20261105', at('2026-11-05T23:59:59Z')), {
      code: 'SNAPSHOT_NOT_OVER',
      message:
        'clicks/20261105:1.2.0 is of a period that ends at 2026-11-06T00:00:00.000Z, and it is 2026-11-05T23:59:59.000Z',
      hint: /--snapshot newest/,
    });
  });

  it('leaves the version without a snapshot alone, which means the same for ever', async () => {
    const frozen = await build('clicks', { ...at('2026-11-05T03:00:00Z'), snapshotTime: new Date('2026-11-03') });
    assert.equal(frozen.config, undefined);
    assert.deepEqual(await numbers('clicks:1.2.0'), [1, 2]);
    await build('clicks/20261106', at('2026-11-08T03:00:00Z'));
    assert.deepEqual(await numbers('clicks:1.2.0'), [1, 2]);
    assert.deepEqual(await numbers('clicks'), [1, 2]);
    assert.deepEqual(await numbers('clicks@nightly'), [1, 2, 3, 4, 5, 6]);
  });

  it('stays as it is when data comes late, and nothing is refused', async () => {
    const path = 'datasets/clicks/days.csv';
    await project.addFile(path, `${days(30)}2026-11-01,100\n`);
    const again = await build('clicks/20261106', at('2026-11-08T03:00:00Z'));
    assert.equal(again.status, 'exists');
    assert.match(
      again.warnings?.[0] ?? '',
      /source .*days.csv is not what it was made with: .* without what came late/,
    );
    assert.deepEqual(await numbers('clicks/20261106'), [1, 2, 3, 4, 5, 6]);
    await project.addFile(path, days(30));
  });

  it('gets its alias later where its publisher died before that, and not where somebody took it back', async () => {
    const registry = openRegistry(config.registry);
    const history = () => aliasHistory(registry, clicks, 'nightly' as AliasName);
    const before = (await history()).length;
    const generation = join(project.registry, `clicks/.aliases/nightly/${String(before).padStart(8, '0')}.json`);
    await rename(generation, `${generation}.lost`);
    assert.equal(await nightly(), '20261104');
    const again = await build('clicks/20261106', at('2026-11-08T03:00:00Z'));
    assert.deepEqual([again.status, again.movedAlias?.name], ['exists', 'nightly']);
    assert.equal(await nightly(), '20261106');
    const { rollback } = await import('../../../src/promotion/index.js');
    await rollback('clicks', 'nightly', { config, reason: 'a look' });
    assert.equal(await nightly(), '20261104');
    assert.equal((await build('clicks/20261106', at('2026-11-08T03:00:00Z'))).movedAlias, undefined);
    assert.equal(await nightly(), '20261104');
    assert.equal(
      await readYank(registry.storage, await registry.resolve(parseReference('clicks/20261106'))),
      undefined,
    );
  });

  it('is asked for by a name that there is, or the error says what such names are', async () => {
    const options = at('2026-11-08T03:00:00Z');
    await assert.rejects(build('clicks', { ...options, snapshot: '202611' }), {
      code: 'NAME_INVALID',
      hint: /20261121/,
    });
    await assert.rejects(build('clicks', { ...options, snapshot: '20260230' }), { code: 'NAME_INVALID' });
    await assert.rejects(build('clicks/20260230', options), { code: 'CONFIG_UNKNOWN', hint: /--snapshot newest/ });
    await assert.rejects(build('clicks/20261101', { ...options, snapshot: '20261102' }), {
      code: 'USAGE',
      message: /names the snapshot 20261101, and not 20261102/,
    });
  });

  it('has the same bytes from workers, which know the period as well', async () => {
    const registry = join(project.directory, 'threads');
    const threads = await project.config({ runner: 'threads', registry });
    const other = await build('clicks/20261103', { config: threads, now: new Date('2026-11-08T03:00:00Z') });
    const one = await build('clicks/20261103', at('2026-11-08T03:00:00Z'));
    assert.equal(other.contentDigest, one.contentDigest);
  });

  it('has the same bytes from workers of a Beam runner', async function () {
    const { endpoint: jobEndpoint } = await requirePrism(this);
    const registry = join(project.directory, 'beam');
    const beam = await project.config({ runner: 'beam', workers: 1, registry, beam: { jobEndpoint } });
    const other = await build('clicks/20261103', { config: beam, now: new Date('2026-11-08T03:00:00Z') });
    const one = await build('clicks/20261103', at('2026-11-08T03:00:00Z'));
    assert.deepEqual([other.status, other.contentDigest], ['built', one.contentDigest]);
  });
});

describe('snapshots of configs', () => {
  let project: TeamProject;
  let config: ResolvedConfig;
  before(async () => {
    project = await TeamProject.create();
    await project.addDataset(
      'clicks',
      `
  static override readonly versions = { '1.0.0': 'First.' };
  static override readonly configs = { men: 'of men', Women: 'of women' };
  static override readonly snapshots = 'weekly' as const;
  info() { return { description: 'd', features: features({ seen: text() }) }; }
  splits(p: any) {
    const seen = String(this.config) + ' ' + String(this.snapshot?.name);
    return { train: p.generate(function* () { yield [1, { seen }]; }) };
  }`,
    );
    config = await project.config({ runner: 'inline' });
  });
  after(() => project.remove());

  it('are named for both, and each has an alias of its own', async () => {
    const now = new Date('2026-11-24T00:00:00Z');
    const men = await build('clicks', { config, now, snapshot: 'newest' });
    const women = await build('clicks/Women', { config, now, snapshot: '20261116' });
    assert.deepEqual([men.config, women.config], ['20261116.men', '20261116.Women']);
    assert.deepEqual([men.movedAlias?.name, women.movedAlias?.name], ['nightly', 'nightly-women']);
    const seen = (reference: string) => seenIn(reference, config);
    assert.equal(await seen('clicks@nightly'), 'men 20261116');
    assert.equal(await seen('clicks/20261116.Women:1.0.0'), 'Women 20261116');
    const manifest = await readManifest(openRegistry(config.registry).storage, 'clicks/20261116.Women/1.0.0');
    assert.equal(manifest?.info.configDescription, 'of women');
    assert.equal((await build('clicks/20261116.Women', { config, now })).status, 'exists');
  });
});
