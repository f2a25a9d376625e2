import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from 'mocha';
import { parseDatasetName } from '../../../src/core/names/index.js';
import {
  acquireLease,
  openRegistry,
  type PruneOptions,
  prune,
  type Registry,
  readAudit,
  readManifest,
  stageVersion,
} from '../../../src/registry/index.js';
import { requireGcs } from '../../gcs/index.js';
import { Died, dyingAfter, keepResults, type NumbersOptions, publishNumbers } from './numbers.js';

const numbers = parseDatasetName('numbers');
const dead = { lifeOf: () => 'dead' as const };
const pathOf = (content: string) => `numbers/.extracts/${createHash('sha256').update(content).digest('hex')}.parquet`;

describe('what queries gave', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ailab-extracts-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const places: readonly (readonly [string, (context: Context) => Promise<Registry>])[] = [
    ['a directory', async () => openRegistry(join(folder, 'registry'))],
    ['a bucket', async (context) => openRegistry((await (await requireGcs(context)).newBucket()).storage)],
  ];

  for (const [place, open] of places) {
    describe(`in ${place}`, () => {
      let registry = openRegistry('');
      beforeEach(async function () {
        registry = await open(this as unknown as Context);
      });

      const workDirectory = () => join(folder, 'work');
      const publish = (version: string, extracts: readonly string[], options: NumbersOptions = {}) =>
        publishNumbers(registry, version, { workDirectory: workDirectory(), extracts, ...options });
      const kept = async () => {
        const found: string[] = [];
        for await (const { path } of registry.storage.walk('numbers/.extracts')) found.push(path);
        return found.sort();
      };
      const assertKept = async (...contents: readonly string[]) =>
        assert.deepEqual(await kept(), contents.map(pathOf).sort());
      const swept = async (options: Partial<PruneOptions> = {}) =>
        (await prune(registry, { keepLast: 1, remove: true, ...options })).extracts.map(({ path, outcome }) => [
          path,
          outcome ?? 'would go',
        ]);

      it('is stored once, and stays as long as one version was made from it', async () => {
        await publish('1.0.0', ['old', 'shared']);
        await publish('2.0.0', ['shared']);
        await assertKept('old', 'shared');
        assert.deepEqual(await swept({ remove: false }), [[pathOf('old'), 'would go']]);
        await assertKept('old', 'shared');
        assert.deepEqual(await swept(), [[pathOf('old'), 'removed']]);
        await assertKept('shared');
        const lines = [];
        for await (const entry of readAudit(registry)) if (entry.action === 'remove-extract') lines.push(entry);
        assert.deepEqual(
          lines.map(({ subject, path, bytes }) => [subject.name, path, bytes]),
          [['numbers', pathOf('old'), 3]],
        );
        assert.deepEqual(await swept(), []);
      });

      it('is put right where what lies there is damaged', async () => {
        await registry.storage.write(pathOf('shared'), 'sharef');
        await publish('1.0.0', ['shared']);
        assert.equal(Buffer.from((await registry.storage.read(pathOf('shared'))) ?? '').toString(), 'shared');
      });

      it('stays as long as a build needs it that has not ended', async () => {
        await publish('1.0.0', []);
        const target = { name: 'numbers', version: '2.0.0' };
        const staged = await stageVersion(registry, target, { workDirectory: workDirectory(), identity: 'one' });
        await keepResults(staged, ['claimed']);
        // It was stopped before it was published, and may be gone on with.
        await staged.leave();
        await registry.storage.write(pathOf('nobody knows'), 'nobody knows');
        assert.deepEqual(await swept(), [[pathOf('nobody knows'), 'removed']]);
        await assertKept('claimed');
        const again = await stageVersion(registry, target, { workDirectory: workDirectory(), identity: 'one' });
        assert.equal(again.resumed, true);
        await again.discard();
        assert.deepEqual(await swept(), [[pathOf('claimed'), 'removed']]);
      });

      it('is not removed while a build notes what it needs', async () => {
        await publish('1.0.0', ['old']);
        await publish('2.0.0', []);
        const lease = await acquireLease(registry.storage, '.leases/numbers/.extracts', { about: async () => ({}) });
        assert.deepEqual(await swept(), [[pathOf('old'), 'busy']]);
        await lease.release();
        assert.deepEqual(await swept(), [[pathOf('old'), 'removed']]);
      });

      it('is all there when a version is, whenever a build dies, and the next build goes on', async () => {
        let deaths = 0;
        for (let change = 0; change < 60; change++) {
          const version = `1.0.${change}`;
          const content = `result ${change}`;
          const dying = dyingAfter(registry, change);
          const died = await publishNumbers(dying, version, {
            workDirectory: workDirectory(),
            extracts: [content],
            lease: dead,
          }).then(
            () => false,
            (error: unknown) => error instanceof Died || causeOf(error) instanceof Died || assert.fail(String(error)),
          );
          const manifest = await readManifest(registry.storage, `numbers/${version}`);
          if (manifest !== undefined) assert.ok((await kept()).includes(pathOf(content)), `after change ${change}`);
          if (!died) break;
          deaths++;
          await publish(version, [content], { lease: dead }).catch((error: unknown) => {
            assert.equal((error as { readonly code?: string }).code, 'VERSION_EXISTS', String(error));
          });
          assert.ok((await kept()).includes(pathOf(content)), `after change ${change}`);
          assert.ok((await registry.listVersions(numbers)).some((found) => found === version));
        }
        assert.ok(deaths >= 5, `only ${deaths} moments were tried`);
        await prune(registry, { keepLast: 1, remove: true, lease: dead });
        assert.equal((await kept()).length, 1);
      });
    });
  }

  it('is not looked for where a note of a build can not be read', async () => {
    const registry = openRegistry(join(folder, 'registry'));
    await publishNumbers(registry, '1.0.0', { extracts: ['old'] });
    await publishNumbers(registry, '2.0.0');
    await registry.storage.write('.staging/numbers-3.0.0/extracts.json', '{"extracts": "all"}');
    await assert.rejects(prune(registry, { keepLast: 1, remove: true }), { code: 'MANIFEST_INVALID' });
    assert.ok((await registry.storage.stat(pathOf('old'))) !== undefined);
  });
});

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}
