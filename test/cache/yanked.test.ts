import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from '../../src/build/index.js';
import { locateVersion, pullVersion } from '../../src/cache/index.js';
import { knownYank } from '../../src/cache/known-yank.js';
import { loadConfig } from '../../src/core/config/index.js';
import { parseDatasetName, parseReference } from '../../src/core/names/index.js';
import { openRegistry, setYanked } from '../../src/registry/index.js';
import { LocalStorage } from '../../src/storage/index.js';
import { buildVersion } from '../reader/build-version.js';
import { sampleExamples, sampleSchema } from '../reader/sample.js';
import { RemoteDirectory } from './remote-directory.js';

const minute = 60_000;

describe('a yanked version of a remote registry', () => {
  let folder = '';
  let published = '';
  let directory = '';
  let remote: RemoteDirectory;
  const warnings: string[] = [];
  const onWarning = (message: string) => warnings.push(message);
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ailab-yanked-'));
    published = join(folder, 'published');
    for (const version of ['1.0.0', '1.1.0']) {
      await buildVersion({
        ...{ registry: published, name: 'sample', version, schema: sampleSchema },
        splits: { train: sampleExamples(0, 10) },
      });
    }
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  beforeEach(() => {
    directory = mkdtempSync(join(folder, 'to-'));
    remote = new RemoteDirectory(published);
    warnings.length = 0;
  });
  afterEach(() => set('1.1.0', false));

  const set = (version: string, isYanked: boolean) =>
    setYanked(openRegistry(published), { name: parseDatasetName('sample'), version }, isYanked, { reason: 'wrong' });
  const locate = (reference: string, options: { readonly strict?: boolean } = {}) =>
    locateVersion(openRegistry(remote), parseReference(reference), {
      ...{ cacheDirectory: directory, cacheBytes: 1 << 30, onWarning },
      ...options,
    });
  const pull = (reference: string, options: { readonly strict?: boolean } = {}) =>
    pullVersion(reference, { registry: openRegistry(remote), directory, onWarning, ...options });
  const warned = /^sample:1\.1\.0 was yanked on \d{4}-\d\d-\d\d by .*: wrong$/;

  it('is opened with a warning, and refused where only others are wanted', async () => {
    await set('1.1.0', true);
    assert.equal((await locate('sample')).version, '1.0.0');
    assert.deepEqual(warnings, []);
    assert.equal((await locate('sample:1.1.0')).yank?.reason, 'wrong');
    assert.match(warnings.join('\n'), warned);
    await assert.rejects(locate('sample:1.1.0', { strict: true }), { code: 'VERSION_YANKED', message: /wrong/ });
    const config = await loadConfig({ cwd: folder, env: { HOME: folder } });
    const local = { config, registry: published, onWarning, build: 'never' as const };
    assert.equal((await load('sample:1.1.0', local)).length, 10);
    assert.equal(warnings.length, 2);
    await assert.rejects(load('sample:1.1.0', { ...local, strict: true }), { code: 'VERSION_YANKED' });
  });

  it('is pulled with a warning, and said to be yanked also where it is there already', async () => {
    await set('1.1.0', true);
    assert.equal((await pull('sample:1.*.*')).version, '1.0.0');
    await assert.rejects(pull('sample:1.1.0', { strict: true }), { code: 'VERSION_YANKED' });
    assert.equal((await pull('sample:1.1.0')).yank?.reason, 'wrong');
    const again = await pull('sample:1.1.0');
    assert.deepEqual([again.status, again.yank?.reason], ['exists', 'wrong']);
    assert.equal(warnings.length, 2);
    assert.match(warnings[1] ?? '', warned);
    await assert.rejects(pull('sample:1.1.0', { strict: true }), { code: 'VERSION_YANKED' });
  });

  it('is known as yanked without a network, if it was so when the registry was last asked', async () => {
    await set('1.1.0', true);
    await locate('sample:1.1.0');
    remote.isCut = true;
    warnings.length = 0;
    assert.equal((await locate('sample:1.1.0')).yank?.reason, 'wrong');
    assert.match(warnings.join('\n'), warned);
  });

  it('is asked for at most every ten minutes, and what is known lasts as long as there is no network', async () => {
    const registry = openRegistry(remote);
    const version = { name: 'sample', version: '1.1.0' };
    const ask = (now: number) => knownYank(registry, version, new LocalStorage(directory), 'note.json', now);
    const asks = () => remote.requests.filter((request) => request === 'list sample/.yanked/1.1.0').length;
    const start = Date.now();
    assert.equal(await ask(start), undefined);
    assert.equal(asks(), 1);
    await set('1.1.0', true);
    assert.equal(await ask(start + 9 * minute), undefined);
    assert.equal(asks(), 1);
    assert.equal((await ask(start + 10 * minute))?.reason, 'wrong');
    remote.isCut = true;
    assert.equal((await ask(start + 30 * minute))?.reason, 'wrong');
    assert.equal((await ask(start + 31 * minute))?.reason, 'wrong');
    assert.equal(asks(), 3);
    // A clock that was set back.
    remote.isCut = false;
    await set('1.1.0', false);
    assert.equal(await ask(start), undefined);
  });
});
