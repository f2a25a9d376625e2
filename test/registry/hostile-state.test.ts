import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { DatasetsError } from '../../src/core/errors/index.js';
import { parseDatasetName, parseReference } from '../../src/core/names/index.js';
import {
  aliasHistory,
  currentProcess,
  leasePath,
  listAliases,
  listStagedBuilds,
  openRegistry,
  prune,
  readAlias,
  readAudit,
  readTombstone,
  removeAbandonedBuilds,
  takeFreeLease,
} from '../../src/registry/index.js';
import { anyJson, damagedJson } from './hostile-json.js';
import { publishNumbers } from './retention/numbers.js';

const numbers = parseDatasetName('numbers');
const prod = parseReference('numbers@prod').alias ?? assert.fail();
const version = { name: 'numbers', config: undefined, version: '1.0.0' };
// Of this host, so that it is looked up.
const holder = currentProcess();

describe('what processes write for each other into a registry', () => {
  let directory = '';
  let registry = openRegistry('');
  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'ailab-hostile-'));
    registry = openRegistry(directory);
    await publishNumbers(registry, '1.0.0');
    await publishNumbers(registry, '2.0.0');
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  const states: readonly (readonly [title: string, path: string, sound: unknown, use: () => Promise<unknown>])[] = [
    [
      'an alias',
      'numbers/.aliases/prod/00000001.json',
      { name: 'numbers', alias: 'prod', target: { version: '1.0.0' }, reason: 'r', actor: 'a', movedAt: 't', id: 'x' },
      async () => {
        await readAlias(registry, numbers, prod);
        await listAliases(registry, numbers);
        await aliasHistory(registry, numbers, prod);
        await registry.resolve(parseReference('numbers@prod'));
      },
    ],
    [
      'a yank',
      'numbers/.yanked/2.0.0/00000001.json',
      { name: 'numbers', version: '2.0.0', yanked: true, reason: 'r', actor: 'a', changedAt: 't', id: 'x' },
      async () => {
        await registry.resolve(parseReference('numbers'));
        await registry.resolve(parseReference('numbers:2.0.0'));
      },
    ],
    [
      'a lease',
      '.leases/numbers/1.0.0/00000009.json',
      {
        kind: 'publishing',
        id: 'x',
        process: holder,
        startedAt: 't',
        about: { name: 'numbers', version: '1.0.0', buildId: 'b' },
      },
      async () => {
        const lease = await takeFreeLease(registry.storage, leasePath(version), { about: async () => ({}) });
        await lease?.release();
        await registry.storage.deleteAll('.leases/numbers/1.0.0');
      },
    ],
    [
      'the owner of a staged build',
      '.staging/numbers-1.0.0-0123/owner.json',
      { name: 'numbers', version: '1.0.0', identity: 'x', startedAt: 't', process: holder },
      async () => {
        await listStagedBuilds(registry);
        await removeAbandonedBuilds(registry);
      },
    ],
    [
      'a tombstone',
      'numbers/.removed/1.5.0.json',
      { state: 'removed', contentDigest: 'x', bytes: 1, createdAt: 't', removedAt: 't', actor: 'a', reason: 'r' },
      async () => {
        await readTombstone(registry.storage, { ...version, version: '1.5.0' });
        await registry.find(parseReference('numbers:1.5.0'));
        await prune(registry, { keepLast: 9, remove: true });
      },
    ],
    [
      'a line of the audit',
      '.audit/20261121T000000000Z-01234567.json',
      { time: 't', action: 'publish', actor: 'a', subject: { name: 'numbers' } },
      async () => {
        for await (const entry of readAudit(registry)) assert.equal(typeof entry.action, 'string');
      },
    ],
    [
      'the note of the default config',
      'letters/.config/metadata.json',
      { default_config_name: 'men' },
      () => registry.find(parseReference('letters')),
    ],
  ];

  for (const [title, path, sound, use] of states) {
    it(`may be anything in ${title}: nobody crashes, hangs, or looks elsewhere`, async () => {
      const bytes = fc.oneof(
        damagedJson(sound).map((value) => JSON.stringify(value) ?? ''),
        anyJson.map((value) => JSON.stringify(value)),
        fc.string(),
        fc.constantFrom('['.repeat(100_000), '{"__proto__":{"pid":1}}'),
      );
      await fc.assert(
        fc.asyncProperty(bytes, async (content) => {
          await registry.storage.write(path, content);
          await assertOurs(use());
        }),
        { numRuns: 60 },
      );
      await registry.storage.delete(path);
      await assertOurs(use());
      assert.equal((await registry.resolve(parseReference('numbers'))).version, '2.0.0');
      assert.equal((await registry.resolve(parseReference('numbers:1.0.0'))).version, '1.0.0');
    });
  }
});

async function assertOurs(using: Promise<unknown>): Promise<void> {
  try {
    await using;
  } catch (error) {
    assert.ok(error instanceof DatasetsError, error instanceof Error ? error.stack : String(error));
    assert.notEqual(error.code, 'INTERNAL', error.message);
    assert.ok((error.hint ?? '').length > 10, `${error.message} has no hint`);
  }
}
