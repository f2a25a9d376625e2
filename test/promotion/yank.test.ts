import assert from 'node:assert/strict';
import { parseReference } from '../../src/core/names/index.js';
import { promote, rollback, unyank, yank } from '../../src/promotion/index.js';
import { publishNumbers } from '../registry/retention/numbers.js';
import { drivers, PromotionRegistries } from './promotion-registries.js';

for (const driver of drivers) {
  describe(`a yanked version, in ${driver}`, () => {
    let registries: PromotionRegistries;
    before(async function () {
      registries = await PromotionRegistries.create(this, driver);
      for (const version of ['1.0.0', '1.1.0', '2.0.0']) await publish(version);
    });
    after(() => registries?.remove());
    afterEach(async () => {
      for (const version of ['1.0.0', '1.1.0', '2.0.0']) await unyank(`numbers:${version}`, registries);
    });

    const publish = (version: string, options: Parameters<typeof publishNumbers>[2] = {}) =>
      publishNumbers(registries.prod, version, { ...options, workDirectory: registries.folder });
    const take = (version: string, reason = 'labels are wrong') =>
      yank(`numbers:${version}`, { reason, actor: 'ann@lab', config: registries.config });
    const resolve = (reference: string) => registries.prod.resolve(parseReference(reference));
    const move = (reference: string, alias: string) => promote(reference, { alias, config: registries.config });

    it('is passed over by names and wildcards, and found by its number with the reason', async () => {
      assert.equal((await take('2.0.0')).status, 'changed');
      assert.equal((await resolve('numbers')).version, '1.1.0');
      assert.equal((await resolve('numbers:*.*.*')).version, '1.1.0');
      const named = await resolve('numbers:2.0.0');
      assert.equal(named.yank?.reason, 'labels are wrong');
      assert.equal(named.yank?.actor, 'ann@lab');
      assert.equal((await resolve('numbers:1.1.0')).yank, undefined);
      await assert.rejects(resolve('numbers:2.*.*'), {
        code: 'VERSION_YANKED',
        message: /every version that numbers:2\.\*\.\* may mean .* numbers:2\.0\.0 was yanked on .* by ann@lab: labels/,
        hint: /numbers:2\.0\.0/,
      });
      await unyank('numbers:2.0.0', { reason: 'they were right', config: registries.config });
      assert.equal((await resolve('numbers')).version, '2.0.0');
      assert.equal((await resolve('numbers:2.0.0')).yank, undefined);
    });

    it('keeps its bytes; what was said is plain JSON in a row of its own, and in the audit', async () => {
      const digest = async () => JSON.stringify(await contentOf('numbers/1.1.0'));
      const before = await digest();
      const first = await take('1.1.0', 'first');
      assert.deepEqual(await take('1.1.0', 'second'), { ...first, status: 'unchanged' });
      await unyank('numbers:1.1.0', { reason: 'third', actor: 'ben@lab', config: registries.config });
      assert.equal(await digest(), before);
      const rows = await contentOf('numbers/.yanked/1.1.0');
      const said = Object.values(rows).map((text) => JSON.parse(text) as Record<string, unknown>);
      assert.deepEqual(
        said
          .slice(-2)
          .map(({ reference, version, yanked, reason, actor }) => [reference, version, yanked, reason, actor]),
        [
          ['numbers:1.1.0', '1.1.0', true, 'first', 'ann@lab'],
          ['numbers:1.1.0', '1.1.0', false, 'third', 'ben@lab'],
        ],
      );
      const audit = await registries.audit(registries.prod, 'yank', 'unyank');
      assert.deepEqual(
        audit.slice(-2).map(({ action, reason, actor }) => [action, reason, actor]),
        [
          ['yank', 'first', 'ann@lab'],
          ['unyank', 'third', 'ben@lab'],
        ],
      );
    });

    it('is not promoted, not copied to another registry, and not rolled back to', async () => {
      for (const version of ['1.0.0', '1.1.0', '2.0.0']) await move(`numbers:${version}`, 'prod');
      assert.deepEqual((await take('1.1.0')).aliases, []);
      await assert.rejects(move('numbers:1.1.0', 'candidate'), { code: 'VERSION_YANKED', message: /labels are wrong/ });
      assert.equal((await move('numbers:1.*.*', 'candidate')).version, '1.0.0');
      const back = await rollback('numbers', 'prod', registries);
      assert.deepEqual([back.to, back.skipped.map(({ reference }) => reference)], ['numbers:1.0.0', ['numbers:1.1.0']]);
      await publishNumbers(registries.dev, '1.1.0', { workDirectory: registries.folder });
      const copy = { from: 'dev', to: 'prod', config: registries.config };
      await assert.rejects(promote('numbers:1.1.0', copy), { code: 'VERSION_YANKED' });
      await assert.rejects(promote('numbers:1.1.0', { ...copy, from: 'prod', to: 'dev' }), { code: 'VERSION_YANKED' });
    });

    it('stays where an alias stands for it: who yanks it is told which, and who reads it why', async () => {
      await move('numbers:1.0.0', 'prod');
      await move('numbers:1.0.0', 'canary');
      await move('numbers:2.0.0', 'candidate');
      assert.deepEqual((await take('1.0.0')).aliases, ['canary', 'prod']);
      const found = await resolve('numbers@prod');
      assert.deepEqual([found.version, found.yank?.reason], ['1.0.0', 'labels are wrong']);
      await assert.rejects(move('numbers@prod', 'prod'), { code: 'VERSION_YANKED' });
    });

    it('is seen by one of two, where somebody promotes it while it is yanked', async () => {
      for (let round = 0; round < 5; round++) {
        const [promoted, yanked] = await Promise.allSettled([move('numbers:1.1.0', `raced-${round}`), take('1.1.0')]);
        assert.ok(yanked.status === 'fulfilled');
        const isSeen =
          promoted.status === 'rejected' ||
          promoted.value.alias?.yank !== undefined ||
          yanked.value.aliases.includes(`raced-${round}`);
        assert.ok(isSeen, `round ${round}`);
        await unyank('numbers:1.1.0', registries);
      }
    });

    it('yanked by eight at once has one reason, and all are told that one', async () => {
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, (_, number) =>
          yank('numbers:1.1.0', { reason: `reason ${number}`, config: registries.config }),
        ),
      );
      assert.equal(outcomes.filter(({ status }) => status === 'changed').length, 1);
      assert.equal(new Set(outcomes.map(({ yank: said }) => said?.reason)).size, 1);
      assert.equal((await resolve('numbers:1.1.0')).yank?.reason, outcomes[0]?.yank?.reason);
    });

    it('is one version, with its config, and has a reason', async () => {
      await publish('1.0.0', { config: 'men' });
      const { config } = registries;
      await yank('numbers/men:1.0.0', { reason: 'too small', config });
      assert.equal((await resolve('numbers/men:1.0.0')).yank?.reason, 'too small');
      assert.equal((await resolve('numbers:1.0.0')).yank, undefined);
      for (const reference of ['numbers', 'numbers:1.*.*', 'numbers@prod']) {
        await assert.rejects(yank(reference, { reason: 'x', config }), { code: 'USAGE' });
      }
      await assert.rejects(yank('numbers:1.0.0', { reason: ' ', config }), { code: 'USAGE' });
      await assert.rejects(yank('numbers:9.0.0', { reason: 'x', config }), { code: 'VERSION_UNKNOWN' });
    });

    async function contentOf(folder: string): Promise<Readonly<Record<string, string>>> {
      const { storage } = registries.prod;
      const content: Record<string, string> = {};
      for await (const { path } of storage.walk(folder)) {
        content[path] = Buffer.from((await storage.read(path)) ?? []).toString('latin1');
      }
      return content;
    }
  });
}
