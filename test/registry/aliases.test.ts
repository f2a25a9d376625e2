import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { type AliasName, type DatasetName, parseReference, type Version } from '../../src/core/names/index.js';
import {
  aliasHistory,
  listAliases,
  moveAlias,
  openRegistry,
  publish,
  type Registry,
  readAlias,
  readAudit,
  stageVersion,
  writeMetadata,
} from '../../src/registry/index.js';
import { requireGcs } from '../gcs/index.js';
import { makeShards } from './make-version.js';

const numbers = 'numbers' as DatasetName;
const prod = 'prod' as AliasName;
const first = { version: '1.0.0' as Version };
const second = { version: '1.1.0' as Version };

describe('an alias', () => {
  let directory = '';
  let registry = openRegistry('/');
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'ailab-aliases-'));
    registry = openRegistry(directory);
    await publishVersions(registry);
  });
  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
    delete process.env['AILAB_DATASETS_ACTOR'];
  });

  async function publishVersions(to: Registry): Promise<void> {
    for (const { version } of [first, second]) {
      const staged = await stageVersion(to, { name: 'numbers', version }, { workDirectory: join(directory, 'work') });
      await writeMetadata(staged, await makeShards(staged, version, { formats: ['index'] }));
      await publish(staged);
    }
  }

  it('names a version until it is moved, and `default` is what a name alone means', async () => {
    assert.equal(await readAlias(registry, numbers, prod), undefined);
    await moveAlias(registry, numbers, prod, first, { reason: 'guards passed' });
    assert.equal((await registry.resolve(parseReference('numbers@prod'))).version, '1.0.0');
    assert.equal((await registry.resolve(parseReference('numbers'))).version, '1.1.0');
    await moveAlias(registry, numbers, 'default' as AliasName, first, { reason: '1.1.0 is on trial' });
    assert.equal((await registry.resolve(parseReference('numbers'))).version, '1.0.0');
    await moveAlias(registry, numbers, prod, second, { reason: 'trial passed' });
    assert.equal((await registry.resolve(parseReference('numbers@prod'))).version, '1.1.0');
    assert.deepEqual(
      (await listAliases(registry, numbers)).map(({ alias, target }) => [alias, target?.version]),
      [
        ['default', '1.0.0'],
        ['prod', '1.1.0'],
      ],
    );
  });

  it('keeps who moved it when and why, there and in the audit', async () => {
    process.env['AILAB_DATASETS_ACTOR'] = 'scheduler@lab';
    await moveAlias(registry, numbers, prod, first, { reason: 'one' });
    delete process.env['AILAB_DATASETS_ACTOR'];
    await moveAlias(registry, numbers, prod, undefined, { reason: 'two' });
    const me = `${userInfo().username}@${hostname()}`;
    const history = await aliasHistory(registry, numbers, prod);
    assert.deepEqual(
      history.map(({ generation, target, reason, actor }) => [generation, target?.version, reason, actor]),
      [
        [1, '1.0.0', 'one', 'scheduler@lab'],
        [2, undefined, 'two', me],
      ],
    );
    const audit: unknown[] = [];
    for await (const { action, actor, subject } of readAudit(registry)) {
      if (action.endsWith('alias')) audit.push([action, actor, subject.alias, subject.version]);
    }
    assert.deepEqual(audit, [
      ['move-alias', 'scheduler@lab', 'prod', '1.0.0'],
      ['remove-alias', me, 'prod', undefined],
    ]);
    assert.equal(await readAlias(registry, numbers, prod), undefined);
    await assert.rejects(registry.resolve(parseReference('numbers@prod')), { code: 'VERSION_UNKNOWN' });
  });

  it('lies as plain JSON under a name that sorts, for whoever reads it without this package', async () => {
    await moveAlias(registry, numbers, prod, first, { reason: 'one' });
    await moveAlias(registry, numbers, prod, second, { reason: 'two' });
    const folder = join(directory, 'numbers/.aliases/prod');
    const names = readdirSync(folder).sort();
    assert.deepEqual(names, ['00000001.json', '00000002.json']);
    const newest = JSON.parse(readFileSync(join(folder, names.at(-1) ?? ''), 'utf8')) as Record<string, unknown>;
    assert.deepEqual(newest['target'], { version: '1.1.0' });
    assert.equal(newest['reference'], 'numbers:1.1.0');
  });

  it('never names what is not there, nor moves from where it does not stand', async () => {
    const nowhere = { version: '9.0.0' as Version };
    await assert.rejects(moveAlias(registry, numbers, prod, nowhere, { reason: 'x' }), { code: 'VERSION_UNKNOWN' });
    await moveAlias(registry, numbers, prod, first, { reason: 'x', expected: 0 });
    await assert.rejects(moveAlias(registry, numbers, prod, second, { reason: 'x', expected: 0 }), {
      code: 'ALIAS_MOVED',
      message: /numbers@prod in .* is not what it was/,
    });
  });

  it('moved by sixteen processes at once goes with one of them each round, in a directory and in a bucket', async function () {
    const gcs = await requireGcs(this);
    const bucket = openRegistry((await gcs.newBucket()).url);
    await publishVersions(bucket);
    const movers = Array.from({ length: 16 }, () => fork(join(import.meta.dirname, 'alias-process.js')));
    try {
      await Promise.all(movers.map((mover) => once(mover, 'message')));
      for (const raced of [registry, bucket]) {
        for (let round = 0; round < 5; round++) {
          const outcomes = await Promise.all(movers.map((mover, number) => order(mover, raced, round, number)));
          const lost = Array(15).fill('ALIAS_MOVED');
          assert.deepEqual([...outcomes].sort(), [...lost, `generation ${round + 1}`]);
          const winner = outcomes.findIndex((outcome) => outcome !== 'ALIAS_MOVED');
          const now = await readAlias(raced, numbers, prod);
          assert.equal(now?.target?.version, versionOf(winner));
        }
        assert.equal((await aliasHistory(raced, numbers, prod)).length, 5);
      }
    } finally {
      for (const mover of movers) mover.kill();
    }
  });

  async function order(mover: ChildProcess, to: Registry, expected: number, number: number): Promise<string> {
    const answer = once(mover, 'message');
    mover.send({ location: to.location, version: versionOf(number), expected });
    return String((await answer)[0]);
  }
});

function versionOf(number: number): string {
  return number % 2 === 0 ? '1.0.0' : '1.1.0';
}
