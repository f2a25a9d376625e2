import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  listStagedBuilds,
  type Manifest,
  openRegistry,
  publish,
  type Registry,
  readManifest,
  removeAbandonedBuilds,
  removeBuild,
  stageVersion,
  writeMetadata,
} from '../../src/registry/index.js';
import { runToDeath } from '../run-to-death.js';
import { runOnSmallDisk } from '../storage/full-disk.js';
import { makeShards } from './make-version.js';

const script = join(import.meta.dirname, 'publish-process.js');

async function publishNumbers(
  registry: Registry,
  content: string,
  options: { overwrite?: boolean; config?: string } = {},
) {
  const staged = await stageVersion(
    registry,
    { name: 'numbers', config: options.config, version: '1.0.0' },
    { overwrite: options.overwrite },
  );
  try {
    await writeMetadata(staged, await makeShards(staged, content));
    return await publish(staged, { overwrite: options.overwrite ?? false, defaultConfig: options.config });
  } finally {
    await staged.discard();
  }
}

/** Asserts that a version is whole: every file in the manifest is there with its size. */
async function assertWhole(registry: Registry, path: string): Promise<Manifest> {
  const manifest = await readManifest(registry.storage, path);
  assert.ok(manifest !== undefined, `${path} has no manifest`);
  for (const file of manifest.files) {
    assert.equal((await registry.storage.stat(`${path}/${file.path}`))?.bytes, file.bytes, file.path);
  }
  return manifest;
}

describe('publishing', () => {
  let directory = '';
  let registry = openRegistry('');
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ailab-registry-'));
    registry = openRegistry(directory);
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('shows nothing before, and the whole version after, and leaves no staging behind', async () => {
    const staged = await stageVersion(registry, { name: 'numbers', version: '1.0.0' });
    await writeMetadata(staged, await makeShards(staged, 'x'));
    assert.deepEqual(await registry.listDatasets(), []);
    const published = await publish(staged);
    assert.equal(published, join(directory, 'numbers/1.0.0'));
    const manifest = await assertWhole(registry, 'numbers/1.0.0');
    assert.equal(manifest.contentDigest.length, 64);
    assert.deepEqual(readdirSync(join(directory, '.staging')), []);
    await staged.discard();
    await assertWhole(registry, 'numbers/1.0.0');
  });

  it('never changes a version that is there', async () => {
    await publishNumbers(registry, 'first');
    const before = readFileSync(join(directory, 'numbers/1.0.0/manifest.json'));
    await assert.rejects(publishNumbers(registry, 'second'), {
      code: 'VERSION_EXISTS',
      message: /numbers:1\.0\.0 is already published/,
    });
    assert.deepEqual(readFileSync(join(directory, 'numbers/1.0.0/manifest.json')), before);
    assert.deepEqual(readdirSync(join(directory, '.staging')), []);
  });

  it('overwrites only when it is told to, and records what was there', async () => {
    await publishNumbers(registry, 'first');
    const first = await assertWhole(registry, 'numbers/1.0.0');
    await publishNumbers(registry, 'second', { overwrite: true });
    await publishNumbers(registry, 'third', { overwrite: true });
    const third = await assertWhole(registry, 'numbers/1.0.0');
    assert.notEqual(third.contentDigest, first.contentDigest);
    assert.deepEqual(
      third.replaced?.map((entry) => entry.contentDigest),
      [first.contentDigest, third.replaced?.[1]?.contentDigest],
    );
    assert.equal(
      readFileSync(join(directory, 'numbers/1.0.0/index/train-00000-of-00001.index'), 'utf8'),
      'index third',
    );
    assert.deepEqual(readdirSync(join(directory, '.staging')), []);
  });

  it('refuses a staging that is not what its manifest says', async () => {
    const spoil: readonly [RegExp, (folder: string) => void][] = [
      [/label\.labels\.txt is missing/, (folder) => rmSync(join(folder, 'label.labels.txt'))],
      [
        /tfrecord-00000-of-00001 has 3 bytes, and \d+ were written/,
        (folder) => writeFileSync(join(folder, 'numbers-train.tfrecord-00000-of-00001'), 'cut'),
      ],
      [/surplus is not in the manifest/, (folder) => writeFileSync(join(folder, 'surplus'), '')],
      [/manifest\.json is missing/, (folder) => rmSync(join(folder, 'manifest.json'))],
    ];
    for (const [message, change] of spoil) {
      const staged = await stageVersion(registry, { name: 'numbers', version: '1.0.0' });
      await writeMetadata(staged, await makeShards(staged, 'x'));
      change(staged.directory);
      await assert.rejects(publish(staged), { code: 'MANIFEST_INVALID', message });
      await staged.discard();
    }
    assert.deepEqual(await registry.listDatasets(), []);
  });

  it('does not take the place of files that are no version, unless told to', async () => {
    mkdirSync(join(directory, 'numbers/1.0.0'), { recursive: true });
    writeFileSync(join(directory, 'numbers/1.0.0/notes.txt'), 'mine');
    await assert.rejects(publishNumbers(registry, 'x'), { code: 'STORAGE_FAILED', message: /in the way/ });
    assert.equal(readFileSync(join(directory, 'numbers/1.0.0/notes.txt'), 'utf8'), 'mine');
    await publishNumbers(registry, 'x', { overwrite: true });
    await assertWhole(registry, 'numbers/1.0.0');
  });

  it('on a full disk publishes nothing and gives back what it took', async function () {
    const { stdout } = await runOnSmallDisk(this, join(import.meta.dirname, 'fill-disk.js'), 512);
    const expected = { outcomes: ['STORAGE_FULL', 'published'], versions: ['1.0.1'], staging: [] };
    assert.deepEqual(JSON.parse(stdout), expected);
  });

  it('lets one of eight processes publish and tells the others, who leave the winner as it is', async () => {
    const racers = Array.from({ length: 8 }, (_, number) => fork(script, [directory, `by ${number}`]));
    const outcomes = await race(racers);
    assert.deepEqual([...outcomes].sort(), [...Array(7).fill('VERSION_EXISTS'), 'published']);
    await assertWhole(registry, 'numbers/small/1.0.0');
    const shard = join(directory, 'numbers/small/1.0.0/numbers-train.tfrecord-00000-of-00001');
    assert.equal(readFileSync(shard, 'utf8'), `tfrecord by ${outcomes.indexOf('published')}`);
    assert.deepEqual(readdirSync(join(directory, '.staging')), []);
  });

  it('leaves a whole version behind when several overwrite at once', async () => {
    await publishNumbers(registry, 'old', { config: 'small' });
    const racers = ['a', 'b', 'c'].map((content) => fork(script, [directory, content, '--overwrite']));
    assert.deepEqual(await race(racers), Array(3).fill('published'));
    const { replaced } = await assertWhole(registry, 'numbers/small/1.0.0');
    assert.equal(replaced?.length, 3);
    assert.deepEqual(readdirSync(join(directory, '.staging')), []);
  });

  for (const mode of ['--fresh', '--overwrite'] as const) {
    it(`killed at any moment (${mode.slice(2)}) leaves the old state or the new one, and what it left is found and removed`, async function () {
      this.timeout(300_000);
      let killed = 0;
      for (let change = 1; ; change += 1) {
        const target = join(directory, String(change));
        const one = openRegistry(target);
        if (mode === '--overwrite') await publishNumbers(one, 'old', { config: 'small' });
        const signal = await runToDeath([script, target, 'new', mode, String(change)]);
        const seen = await one.listDatasets();
        const abandoned = await removeAbandonedBuilds(one);
        if (signal === null) {
          assert.deepEqual(abandoned, []);
          break;
        }
        killed += 1;
        const after = await one.listDatasets();
        if (mode === '--overwrite') assert.equal(after.length, 1, `change ${change} lost the version`);
        for (const listing of [...seen, ...after]) {
          assert.deepEqual(listing, {
            name: 'numbers',
            versions: [],
            configs: [{ name: 'small', versions: ['1.0.0'] }],
          });
        }
        if (after.length > 0) await assertWhole(one, 'numbers/small/1.0.0');
        assert.deepEqual(await listStagedBuilds(one), []);
        if (existsSync(join(target, '.staging'))) assert.deepEqual(readdirSync(join(target, '.staging')), []);
        await publishNumbers(one, 'again', { config: 'small', overwrite: true });
      }
      assert.ok(killed > 15, `only ${killed} moments were tried`);
    });
  }

  it('tells builds that run from those whose process is gone', async () => {
    const staged = await stageVersion(registry, { name: 'numbers', version: '1.0.0' });
    const [running] = await listStagedBuilds(registry);
    assert.equal(running?.state, 'running');
    assert.equal(running?.process?.pid, process.pid);
    assert.deepEqual(await removeAbandonedBuilds(registry), []);
    await assert.rejects(removeBuild(registry, staged.buildId), { code: 'BUILD_RUNNING', message: /pid \d+/ });
    await assert.rejects(removeBuild(registry, 'numbers-1.0.0'), { code: 'BUILD_UNKNOWN' });
    await staged.discard();
    assert.deepEqual(await listStagedBuilds(registry), []);
  });

  it('keeps what a build leaves for the next one of the same identity, and removes it for another', async () => {
    const target = { name: 'numbers', version: '1.0.0' };
    const first = await stageVersion(registry, target, { identity: 'abc' });
    assert.equal(first.resumed, false);
    writeFileSync(join(first.workDirectory, 'journal'), 'half');
    await first.leave();
    const [left] = await listStagedBuilds(registry);
    assert.deepEqual([left?.state, left?.isResumable, left?.workDirectory], ['left', true, first.workDirectory]);

    const second = await stageVersion(registry, target, { identity: 'abc' });
    assert.equal(second.resumed, true);
    assert.equal(readFileSync(join(second.workDirectory, 'journal'), 'utf8'), 'half');
    await second.leave();
    const clean = await stageVersion(registry, target, { identity: 'abc', restart: true });
    assert.equal(clean.resumed, false);
    assert.deepEqual(readdirSync(clean.workDirectory), []);
    await clean.leave();

    const other = await stageVersion(registry, target, { identity: 'def' });
    assert.equal(other.resumed, false);
    assert.deepEqual(readdirSync(join(directory, '.staging')), [other.buildId]);
    await other.discard();
    assert.deepEqual(readdirSync(join(directory, '.staging')), []);
  });

  it('spares what can be resumed when another data set is built, until it is told to remove it', async () => {
    const first = await stageVersion(registry, { name: 'numbers', version: '1.0.0' }, { identity: 'abc' });
    await first.leave();
    await publishNumbers(registry, 'x', { config: 'small' });
    assert.equal((await removeBuild(registry, first.buildId)).published, false);
    assert.deepEqual(await listStagedBuilds(registry), []);
  });

  it('clears away, before it stages, what a build left that died on this machine', async () => {
    assert.equal(await runToDeath([script, directory, 'new', '--fresh', '10']), 'SIGKILL');
    const [left] = await listStagedBuilds(registry);
    assert.equal(left?.state, 'dead');
    const staged = await stageVersion(registry, { name: 'numbers', version: '2.0.0' });
    assert.deepEqual(
      (await listStagedBuilds(registry)).map((build) => build.buildId),
      [staged.buildId],
    );
    await staged.discard();
  });
});

/** Lets processes begin at one moment, and says how each of them ended. */
async function race(racers: readonly ChildProcess[]): Promise<readonly string[]> {
  await Promise.all(racers.map((racer) => message(racer)));
  const answers = await Promise.all(
    racers.map((racer) => {
      const answer = message(racer);
      racer.send('go');
      return answer;
    }),
  );
  return answers.map((answer) => (answer as { outcome: string }).outcome);
}

function message(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the process ended with ${code} before it answered`)));
  });
}
