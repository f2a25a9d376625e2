import assert from 'node:assert/strict';
import { parseReference } from '../../src/core/names/index.js';
import { copyVersion } from '../../src/promotion/copy-version.js';
import { promote } from '../../src/promotion/index.js';
import {
  acquireLease,
  attestFingerprint,
  leasePath,
  type Registry,
  readAttestations,
  readManifest,
} from '../../src/registry/index.js';
import { dyingAfter, publishNumbers } from '../registry/retention/numbers.js';
import { drivers, PromotionRegistries } from './promotion-registries.js';

for (const driver of drivers) {
  describe(`a version that is promoted to another registry, in ${driver}`, () => {
    let registries: PromotionRegistries;
    let dev: Registry;
    let prod: Registry;
    beforeEach(async function () {
      registries = await PromotionRegistries.create(this, driver);
      ({ dev, prod } = registries);
    });
    afterEach(() => registries?.remove());

    const publish = (registry: Registry, version: string, options: Parameters<typeof publishNumbers>[2] = {}) =>
      publishNumbers(registry, version, { ...options, workDirectory: registries.folder });
    const copy = (reference: string, alias?: string) =>
      promote(reference, { from: 'dev', to: 'prod', alias, reason: 'release 12', config: registries.config });

    it('is there byte for byte, manifest and what its queries gave included, and then the alias stands for it', async () => {
      await publish(dev, '1.0.0', { config: 'men', extracts: ['one', 'two'] });
      const promotion = await copy('numbers/men:1.0.0', 'prod');
      assert.equal(promotion.copy?.status, 'copied');
      const files = await contentOf(dev, 'numbers');
      assert.ok(files.size > 8 && [...files.keys()].some((path) => path.startsWith('numbers/.extracts/')));
      files.delete('numbers/.aliases/prod/00000001.json');
      const there = await contentOf(prod, 'numbers');
      assert.equal((await prod.resolve(parseReference('numbers@prod'))).path, 'numbers/men/1.0.0');
      assert.ok(there.delete('numbers/.aliases/prod/00000001.json'));
      assert.deepEqual(there, files);
      const [copied] = await registries.audit(prod, 'copy-version');
      assert.equal(copied?.['from'], dev.location);
      assert.equal(copied?.['reason'], 'release 12');
      assert.deepEqual(await prod.storage.list('.staging'), []);
    });

    it('is fine where it is there already with the same content, and refused with another', async () => {
      await publish(dev, '1.0.0');
      await publish(prod, '1.0.0');
      const promotion = await copy('numbers:1.0.0', 'prod');
      assert.equal(promotion.copy?.status, 'exists');
      assert.equal(promotion.alias?.status, 'moved');
      await publish(dev, '1.1.0', { content: 'one' });
      await publish(prod, '1.1.0', { content: 'another' });
      await assert.rejects(copy('numbers:1.1.0', 'prod'), {
        code: 'VERSION_IMMUTABLE',
        message: /numbers:1\.1\.0 is in .* with other content: it has the content digest [0-9a-f]{64} there/,
      });
      assert.equal((await prod.resolve(parseReference('numbers@prod'))).version, '1.0.0');
    });

    it('brings along what was attested of it, once, and also where it is there already', async () => {
      await publish(dev, '1.0.0', { config: 'men' });
      const subject = { name: parseReference('numbers').name, config: 'men', version: '1.0.0' };
      const { contentDigest } = (await readManifest(dev.storage, 'numbers/men/1.0.0')) ?? assert.fail('not published');
      const attest = (digest: string, content = contentDigest) =>
        attestFingerprint(dev, subject, {
          fingerprint: { digest, parts: { schema: digest } },
          texts: { 'module builder.ts': digest },
          contentDigest: content,
        });
      const there = async () =>
        (await readAttestations(prod, subject, contentDigest)).map(({ fingerprint, texts }) => [fingerprint, texts]);
      await attest('a');
      await attest('of other content', 'c'.repeat(64));
      await copy('numbers/men:1.0.0');
      const a = [{ digest: 'a', parts: { schema: 'a' } }, { 'module builder.ts': 'a' }];
      assert.deepEqual(await there(), [a]);
      await attest('b');
      assert.equal((await copy('numbers/men:1.0.0')).copy?.status, 'exists');
      await copy('numbers/men:1.0.0');
      const b = [{ digest: 'b', parts: { schema: 'b' } }, { 'module builder.ts': 'b' }];
      assert.deepEqual(await there(), [b, a]);
      assert.equal((await registries.audit(prod, 'attest')).length, 2);
    });

    it('is not copied with a file that is not what was published: nothing appears, and no alias moves', async () => {
      await publish(dev, '1.0.0');
      const file = 'numbers/1.0.0/numbers-train.tfrecord-00000-of-00001';
      const bytes = Buffer.from((await dev.storage.read(file)) ?? []);
      bytes.writeUInt8(bytes.readUInt8(3) ^ 1, 3);
      await dev.storage.write(file, bytes);
      await assert.rejects(copy('numbers:1.0.0', 'prod'), { code: 'DATA_CORRUPT', message: /tfrecord-00000-of-00001/ });
      assert.deepEqual(await prod.listDatasets(), []);
      assert.deepEqual(await prod.storage.list('.staging'), []);
      assert.deepEqual(await prod.storage.list('numbers'), []);
    });

    it('does not come back with other content than it had when it was removed', async () => {
      await publish(dev, '1.0.0');
      const tombstone = {
        ...{ name: 'numbers', version: '1.0.0', state: 'removed', contentDigest: 'other', bytes: 1 },
        ...{ createdAt: 't', removedAt: '2026-11-21T00:00:00Z', actor: 'ann@lab', reason: 'space' },
      };
      await prod.storage.write('numbers/.removed/1.0.0.json', JSON.stringify(tombstone));
      await assert.rejects(copy('numbers:1.0.0'), { code: 'VERSION_IMMUTABLE', message: /removed on 2026-11-21/ });
    });

    it('waits for a build of the same version, and is copied where that gave up', async () => {
      await publish(dev, '1.0.0');
      const version = { name: 'numbers', config: undefined, version: '1.0.0' };
      const lease = await acquireLease(prod.storage, leasePath(version), { about: async () => ({ name: 'numbers' }) });
      let released: Promise<void> | undefined;
      const onWaiting = () => {
        released = lease.release();
      };
      const { copy: copied } = await promote('numbers:1.0.0', { from: 'dev', onWaiting, config: registries.config });
      assert.equal(copied?.status, 'copied');
      assert.ok(released !== undefined, 'did not wait');
      await released;
    });

    it('is whole or not there when the copy dies at any of its changes, and the next copy ends it', async () => {
      await publish(dev, '1.0.0');
      const version = await dev.resolve(parseReference('numbers:1.0.0'));
      const options = { reason: 'r', workDirectory: registries.folder, lease: { lifeOf: () => 'dead' as const } };
      let changes = 0;
      for (let finished = false; !finished && changes < 100; changes += 3) {
        finished = await copyVersion(dev, dyingAfter(prod, changes), version, options).then(
          () => true,
          () => false,
        );
        for (const found of await prod.listVersions(version.name)) {
          assert.deepEqual(await contentOf(prod, `numbers/${found}`), await contentOf(dev, `numbers/${found}`));
        }
      }
      assert.ok(changes > 6 && changes < 100, `${changes} changes`);
      await copyVersion(dev, prod, version, options);
      assert.deepEqual(await contentOf(prod, 'numbers'), await contentOf(dev, 'numbers'));
    });

    it('names two registries, by name or by place', async () => {
      await publish(dev, '1.0.0');
      const { config } = registries;
      await assert.rejects(promote('numbers:1.0.0', { from: 'prod', to: 'prod', config }), { code: 'USAGE' });
      await assert.rejects(promote('numbers:1.0.0', { from: 'prd', config }), { code: 'CONFIG_INVALID', hint: /prod/ });
      const promotion = await promote('numbers', { from: dev.location, config });
      assert.equal(promotion.copy?.from, dev.location);
      assert.equal(promotion.registry, prod.location);
    });
  });
}

async function contentOf(registry: Registry, folder: string): Promise<Map<string, string>> {
  const content = new Map<string, string>();
  for await (const { path } of registry.storage.walk(folder)) {
    content.set(path, Buffer.from((await registry.storage.read(path)) ?? []).toString('base64'));
  }
  return content;
}
