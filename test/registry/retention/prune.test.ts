import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from 'mocha';
import { DatasetsError } from '../../../src/core/errors/index.js';
import { formatReference, parseDatasetName, parseReference, parseVersion } from '../../../src/core/names/index.js';
import {
  acquireLease,
  leasePath,
  moveAlias,
  openRegistry,
  type PruneOptions,
  prune,
  type Registry,
  readAudit,
  readManifest,
  readTombstone,
} from '../../../src/registry/index.js';
import { requireGcs } from '../../gcs/index.js';
import { Died, dyingAfter, type NumbersOptions, publishNumbers } from './numbers.js';

const numbers = parseDatasetName('numbers');
const prod = parseReference('numbers@prod').alias ?? assert.fail();

describe('pruning', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ailab-prune-'));
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

      const publish = (version: string, options: NumbersOptions = {}) =>
        publishNumbers(registry, version, { workDirectory: join(folder, 'work'), ...options });
      const versions = async () => (await registry.listVersions(numbers)).join(' ');
      const resolve = (reference: string) => registry.resolve(parseReference(reference));
      const outcomes = async (options: PruneOptions, where = registry) =>
        Object.fromEntries(
          (await prune(where, options)).versions.map(({ version, outcome, keptBecause }) => [
            formatReference(version),
            outcome ?? (keptBecause.length > 0 ? 'stays' : 'would go'),
          ]),
        );
      const removals = async () => {
        const found = [];
        for await (const entry of readAudit(registry)) if (entry.action === 'remove-version') found.push(entry);
        return found;
      };
      const filesOf = async (path: string) => {
        const found = [];
        for await (const file of registry.storage.walk(path)) found.push(file.path);
        return found;
      };

      it('only says what would go until it is told to remove it', async () => {
        for (const version of ['1.0.0', '1.1.0', '2.0.0']) await publish(version);
        assert.deepEqual(await outcomes({ keepLast: 2 }), {
          'numbers:2.0.0': 'stays',
          'numbers:1.1.0': 'stays',
          'numbers:1.0.0': 'would go',
        });
        assert.equal(await versions(), '2.0.0 1.1.0 1.0.0');
        assert.deepEqual(await removals(), []);
      });

      it('removes versions without a trace but a tombstone and a line of the audit, and leaves the others whole', async () => {
        for (const version of ['1.0.0', '1.1.0', '2.0.0']) await publish(version);
        const digest = (await readManifest(registry.storage, 'numbers/1.0.0'))?.contentDigest;
        const done = await outcomes({ keepLast: 1, remove: true, reason: 'superseded', actor: 'ada@lab' });
        assert.deepEqual(done, { 'numbers:2.0.0': 'stays', 'numbers:1.1.0': 'removed', 'numbers:1.0.0': 'removed' });
        assert.equal(await versions(), '2.0.0');
        assert.deepEqual(await filesOf('numbers/1.0.0'), []);
        assert.deepEqual(await filesOf('numbers/.removed/1.0.0'), []);
        const tombstone = await readTombstone(registry.storage, { name: 'numbers', version: '1.0.0' });
        assert.equal(tombstone?.contentDigest, digest);
        assert.equal(tombstone?.state, 'removed');
        const lines = await removals();
        assert.deepEqual(
          lines.map(({ subject, actor, ...entry }) => [subject.version, actor, entry['reason']]),
          [
            ['1.1.0', 'ada@lab', 'superseded'],
            ['1.0.0', 'ada@lab', 'superseded'],
          ],
        );
        assert.equal((await resolve('numbers')).version, '2.0.0');
        assert.equal((await filesOf('numbers/2.0.0')).length, 11);
        const today = new Date().toISOString().slice(0, 10);
        await assert.rejects(resolve('numbers:1.0.0'), {
          code: 'VERSION_REMOVED',
          message: new RegExp(`numbers:1\\.0\\.0 was removed from .* on ${today} by ada@lab: superseded`),
        });
        await assert.rejects(resolve('numbers:1.2.0'), { code: 'VERSION_UNKNOWN' });
      });

      it('lets a removed version come back with its content, and never with another', async () => {
        for (const version of ['1.0.0', '2.0.0']) await publish(version);
        await prune(registry, { keepLast: 1, remove: true });
        await assert.rejects(publish('1.0.0', { content: 'something else' }), {
          code: 'VERSION_IMMUTABLE',
          message: /numbers:1\.0\.0 was published in .* with other content, and removed/,
        });
        assert.equal(await versions(), '2.0.0');
        await publish('1.0.0');
        assert.equal((await resolve('numbers:1.0.0')).version, '1.0.0');
        assert.deepEqual(await outcomes({ keepLast: 1, remove: true }), {
          'numbers:2.0.0': 'stays',
          'numbers:1.0.0': 'removed',
        });
        assert.equal((await removals()).length, 2);
      });

      it('keeps what an alias stands for, also one that was set in the last moment', async () => {
        for (const version of ['1.0.0', '1.1.0', '2.0.0']) await publish(version);
        const move = (version: string) =>
          moveAlias(registry, numbers, prod, { version: parseVersion(version) }, { reason: 'test' });
        await move('1.0.0');
        const plan = await prune(registry, { keepLast: 1 });
        assert.deepEqual(plan.versions[2]?.keptBecause, ['alias prod']);
        // The alias moves while versions are being removed: 1.1.0 was to go.
        const onRead = new Proxy(registry.storage, {
          get: (target, property) => {
            const value: unknown = Reflect.get(target, property);
            if (typeof value !== 'function') return value;
            return async (...parameters: unknown[]) => {
              if (property === 'createIfAbsent' && String(parameters[0]).startsWith('.leases/numbers/1.1.0'))
                await move('1.1.0');
              return Reflect.apply(value, target, parameters);
            };
          },
        });
        assert.equal((await outcomes({ keepLast: 1, remove: true }, openRegistry(onRead)))['numbers:1.1.0'], 'aliased');
        assert.equal((await resolve('numbers@prod')).version, '1.1.0');
      });

      it('keeps what another version was made from', async () => {
        for (const version of ['1.0.0', '1.1.0', '2.0.0']) await publish(version);
        await publish('1.0.0', {
          name: 'sums',
          metadata: {
            lineage: [
              { name: numbers, version: parseVersion('1.0.0') },
              // It lies in another registry, which keeps it or not.
              { name: numbers, version: parseVersion('1.1.0'), registry: 'prod' },
            ],
          },
        });
        assert.deepEqual(await outcomes({ keepLast: 1, remove: true, names: [numbers] }), {
          'numbers:2.0.0': 'stays',
          'numbers:1.1.0': 'removed',
          'numbers:1.0.0': 'stays',
        });
      });

      it('leaves a version alone that somebody builds or repairs now', async () => {
        for (const version of ['1.0.0', '2.0.0']) await publish(version);
        const lease = await acquireLease(registry.storage, leasePath({ name: 'numbers', version: '1.0.0' }), {
          about: async () => ({}),
        });
        assert.equal((await outcomes({ keepLast: 1, remove: true }))['numbers:1.0.0'], 'busy');
        await lease.release();
        assert.equal((await outcomes({ keepLast: 1, remove: true }))['numbers:1.0.0'], 'removed');
      });

      it('killed at any moment leaves a whole version or none, and the next one ends what it began', async () => {
        const dead = { lifeOf: () => 'dead' as const };
        await publish('2.0.0');
        let deaths = 0;
        for (let change = 0; ; change++) {
          await publish('1.0.0', { lease: dead });
          const dying = dyingAfter(registry, change);
          const died = await prune(dying, { keepLast: 1, remove: true }).then(
            () => false,
            (error: unknown) => error instanceof Died || assert.fail(String(error)),
          );
          if (!died) break;
          deaths += 1;
          if ((await versions()).includes('1.0.0')) {
            const manifest = await readManifest(registry.storage, 'numbers/1.0.0');
            const data = manifest?.files.filter(({ format }) => format !== 'metadata') ?? [];
            for (const { path } of data)
              assert.ok((await registry.storage.stat(`numbers/1.0.0/${path}`)) !== undefined);
          }
          await prune(registry, { keepLast: 1, remove: true, lease: dead });
          assert.equal(await versions(), '2.0.0', `after change ${change}`);
          assert.deepEqual(await filesOf('numbers/1.0.0'), []);
          assert.deepEqual(await filesOf('numbers/.removed'), ['numbers/.removed/1.0.0.json']);
          await assert.rejects(resolve('numbers:1.0.0'), { code: 'VERSION_REMOVED' });
        }
        assert.ok(deaths >= 5, `only ${deaths} moments were tried`);
      });

      it('killed at any moment is ended by a build that brings the version back', async () => {
        const lease = { lifeOf: () => 'dead' as const };
        await publish('2.0.0');
        for (let change = 0; change < 7; change++) {
          await publish('1.0.0', { lease }).catch(isThere);
          await prune(dyingAfter(registry, change), { keepLast: 1, remove: true }).catch(() => undefined);
          await publish('1.0.0', { lease }).catch(isThere);
          assert.equal((await filesOf('numbers/1.0.0')).length, 11, `after change ${change}`);
          const tombstone = await readTombstone(registry.storage, { name: 'numbers', version: '1.0.0' });
          const { unfinished } = await prune(registry, { keepLast: 5 });
          assert.equal(unfinished.length, tombstone?.state === 'removing' ? 1 : 0);
        }
      });
    });
  }

  it('removes nothing without a rule, or with versions that it can not read', async () => {
    const registry = openRegistry(join(folder, 'registry'));
    for (const version of ['1.0.0', '2.0.0']) await publishNumbers(registry, version);
    await assert.rejects(prune(registry, { remove: true }), { code: 'USAGE', hint: /--keep-last/ });
    await assert.rejects(prune(registry, { keepLast: 0, remove: true }), { code: 'USAGE' });
    await assert.rejects(prune(registry, { keepLast: 1, names: [parseDatasetName('letters')], remove: true }), {
      code: 'DATASET_UNKNOWN',
    });
    await publishNumbers(registry, '1.0.0', { name: 'sums' });
    await registry.storage.write('sums/1.0.0/manifest.json', '{}');
    await assert.rejects(prune(registry, { keepLast: 1, remove: true }), { code: 'MANIFEST_INVALID', message: /sums/ });
    assert.equal((await registry.listVersions(numbers)).length, 2);
  });

  it('and building at once, in many processes, harm each other in nothing', async () => {
    const directory = join(folder, 'registry');
    const script = join(import.meta.dirname, 'prune-process.js');
    const builders = ['0', '1', '2'].map((minor) => fork(script, [directory, 'build', minor]));
    const pruners = ['a', 'b', 'c'].map(() => fork(script, [directory, 'prune']));
    const built = await Promise.all(builders.map(ended));
    for (const pruner of pruners) pruner.send('stop');
    const pruned = await Promise.all(pruners.map(ended));
    assert.deepEqual([...built, ...pruned], Array(6).fill('done'));
    const registry = openRegistry(directory);
    const removed = [];
    for await (const entry of readAudit(registry))
      if (entry.action === 'remove-version') removed.push(entry.subject.version);
    assert.ok(removed.length > 5, `only ${removed.length} were removed`);
    assert.equal(new Set(removed).size, removed.length, 'a version was removed twice');
    for (const minor of [0, 1, 2]) {
      for (let patch = 0; patch < 8; patch++) {
        const version = `1.${minor}.${patch}`;
        const manifest = await readManifest(registry.storage, `numbers/${version}`);
        const there = [];
        for await (const { path } of registry.storage.walk(`numbers/${version}`)) there.push(path);
        assert.equal(manifest === undefined, removed.includes(version), version);
        assert.equal(there.length, manifest === undefined ? 0 : 11, version);
      }
    }
    assert.equal((await registry.resolve(parseReference('numbers'))).version, '1.2.7');
  });
});

function isThere(error: unknown): void {
  assert.ok(error instanceof DatasetsError && error.code === 'VERSION_EXISTS', String(error));
}

function ended(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`the process ended with ${code}`)));
  });
}
