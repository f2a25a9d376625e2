import assert from 'node:assert/strict';
import { DatasetsError } from '../../src/core/errors/index.js';
import { parseReference } from '../../src/core/names/index.js';
import { aliases, aliasHistory, promote, rollback } from '../../src/promotion/index.js';
import { publishNumbers } from '../registry/retention/numbers.js';
import { drivers, PromotionRegistries } from './promotion-registries.js';

for (const driver of drivers) {
  describe(`an alias in ${driver}`, () => {
    let registries: PromotionRegistries;
    before(async function () {
      registries = await PromotionRegistries.create(this, driver);
      for (const version of ['1.0.0', '1.1.0', '1.2.0', '2.0.0']) await publish(version);
    });
    after(() => registries?.remove());

    const publish = (version: string, config?: string) =>
      publishNumbers(registries.prod, version, { ...(config && { config }), workDirectory: registries.folder });
    const move = (reference: string, alias: string, reason?: string) =>
      promote(reference, { alias, reason, config: registries.config });
    const back = (alias: string) => rollback('numbers', alias, { config: registries.config, reason: 'back' });
    const meaning = async (reference: string) => (await registries.prod.resolve(parseReference(reference))).version;

    it('stands for what was promoted, as a version, a wildcard or another alias named it then', async () => {
      const first = await move('numbers:1.0.0', 'candidate', 'trial');
      assert.deepEqual(first.alias, { name: 'candidate', generation: 1, status: 'moved', from: undefined });
      await move('numbers@candidate', 'prod');
      assert.equal(await meaning('numbers@prod'), '1.0.0');
      assert.deepEqual((await move('numbers:1.*.*', 'candidate')).alias?.from, 'numbers:1.0.0');
      assert.equal(await meaning('numbers@candidate'), '1.2.0');
      assert.equal(await meaning('numbers@prod'), '1.0.0');
      assert.equal((await move('numbers:1.0.0', 'prod')).alias?.status, 'unchanged');
      assert.equal((await aliasHistory('numbers', 'prod', registries)).length, 1);
      const found = await aliases(undefined, registries);
      assert.deepEqual(
        found.map(({ dataset, alias, from, to }) => [dataset, alias, from, to]),
        [
          ['numbers', 'candidate', 'numbers:1.0.0', 'numbers:1.2.0'],
          ['numbers', 'prod', undefined, 'numbers:1.0.0'],
        ],
      );
    });

    it('is rolled back step by step, and a new promotion is the first to be taken back', async () => {
      for (const version of ['1.0.0', '1.1.0', '1.2.0']) await move(`numbers:${version}`, 'steps', 'up');
      assert.equal((await back('steps')).to, 'numbers:1.1.0');
      const second = await back('steps');
      assert.deepEqual([second.from, second.to, second.restores], ['numbers:1.1.0', 'numbers:1.0.0', 1]);
      await assert.rejects(back('steps'), {
        code: 'VERSION_UNKNOWN',
        message: /numbers@steps in .* stands for numbers:1\.0\.0, and there is nothing before that/,
      });
      await move('numbers:2.0.0', 'steps', 'up');
      assert.equal((await back('steps')).to, 'numbers:1.0.0');
      await assert.rejects(back('steps'), { code: 'VERSION_UNKNOWN' });
      assert.equal(await meaning('numbers@steps'), '1.0.0');
    });

    it('has a history that says who, when, from, to and why, and so does the audit', async () => {
      await move('numbers:1.0.0', 'told', 'first');
      await move('numbers:2.0.0', 'told', 'second');
      await back('told');
      const history = await aliasHistory('numbers', 'told', registries);
      assert.deepEqual(
        history.map(({ from, to, reason, restores }) => [from, to, reason, restores]),
        [
          [undefined, 'numbers:1.0.0', 'first', undefined],
          ['numbers:1.0.0', 'numbers:2.0.0', 'second', undefined],
          ['numbers:2.0.0', 'numbers:1.0.0', 'back', 1],
        ],
      );
      assert.ok(history.every(({ actor, movedAt }) => actor.includes('@') && Date.parse(movedAt) > 0));
      const audit = await registries.audit(registries.prod, 'move-alias');
      const entries = audit.filter(({ subject }) => (subject as { readonly alias?: string }).alias === 'told');
      assert.deepEqual(
        entries.map(({ from, to, reason, actor }) => [from, to, reason, actor]),
        history.map(({ from, to, reason, actor }) => [from, to, reason, actor]),
      );
    });

    it('goes with one of two who promote at once, and the other is told who, where to and why', async () => {
      const moves = await Promise.allSettled([
        promote('numbers:1.0.0', { alias: 'raced', reason: 'ann first', actor: 'ann@lab', config: registries.config }),
        promote('numbers:1.1.0', { alias: 'raced', reason: 'ben first', actor: 'ben@lab', config: registries.config }),
      ]);
      const lost = moves.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason as unknown);
      const history = await aliasHistory('numbers', 'raced', registries);
      assert.equal(lost.length + history.length, 2);
      // Both may have found the alias unset, or the second came after the first was done.
      for (const error of lost) {
        assert.ok(error instanceof DatasetsError && error.code === 'ALIAS_MOVED');
        const [winner] = history;
        assert.ok(error.message.includes(`${winner?.actor} moved it to ${winner?.to}`), error.message);
        assert.ok(error.message.includes(`(${winner?.reason})`), error.message);
      }
    });

    it('never stands for what is not there, was removed, or is being removed', async () => {
      await assert.rejects(move('numbers:9.0.0', 'prod'), { code: 'VERSION_UNKNOWN' });
      await assert.rejects(move('nothing:1.0.0', 'prod'), { code: 'DATASET_UNKNOWN' });
      await assert.rejects(move('numbers:1.0.0', 'Prod'), { code: 'NAME_INVALID' });
      await assert.rejects(promote('numbers:1.0.0', { config: registries.config }), { code: 'USAGE' });
      await publish('3.0.0');
      await move('numbers:3.0.0', 'gone');
      await move('numbers:2.0.0', 'gone');
      const tombstone = {
        ...{ name: 'numbers', version: '3.0.0', state: 'removing', contentDigest: 'x', bytes: 1 },
        ...{ createdAt: 't', removedAt: '2026-11-21T00:00:00Z', actor: 'ann@lab', reason: 'space' },
      };
      await registries.prod.storage.write('numbers/.removed/3.0.0.json', JSON.stringify(tombstone));
      await assert.rejects(move('numbers:3.0.0', 'prod'), { code: 'VERSION_REMOVED', message: /by ann@lab: space/ });
      await assert.rejects(back('gone'), { code: 'VERSION_UNKNOWN', message: /numbers:3\.0\.0 was removed .* space/ });
    });

    it('belongs to a data set, and names the config too', async () => {
      await publish('1.0.0', 'men');
      await move('numbers/men:1.0.0', 'fitted');
      assert.equal((await registries.prod.resolve(parseReference('numbers@fitted'))).path, 'numbers/men/1.0.0');
      await assert.rejects(rollback('numbers/men', 'fitted', registries), { code: 'USAGE' });
      await assert.rejects(rollback('numbers', 'never', registries), { code: 'VERSION_UNKNOWN' });
      await assert.rejects(aliasHistory('numbers', 'never', registries), { code: 'VERSION_UNKNOWN' });
      await assert.rejects(aliases('numbrs', registries), { code: 'DATASET_UNKNOWN', hint: /numbers/ });
    });
  });
}
