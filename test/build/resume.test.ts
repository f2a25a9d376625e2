import assert from 'node:assert/strict';
import { readdir, readFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildEvent, type BuildOptions, type BuildResult, build } from '../../src/build/index.js';
import { DatasetsError } from '../../src/core/errors/index.js';
import { digestsBelow, TeamProject } from './team-project.js';

/** Ten files, each a source shard; the slow one comes last, so that a build can be stopped when others are finished. */
const body = `
  static override readonly versions = { '1.0.0': 'First release.' };
  override info() { return { description: 'Rows.', features: features({ value: scalar('int64') }) }; }
  override splits(p: any) {
    return {
      train: p.read(csv('rows/*.csv'))
        .map((row: any) => ({ value: Number(row.value) }))
        .keyBy((row: any) => row.value)
        .mapValues(async (row: any) => { if (row.value % 100 > 90) await wait(row.value); return { value: row.value }; }),
    };
  }`;
const before = `
import { setTimeout as delay } from 'node:timers/promises';
const wait = async (value: number) => {
  await delay(10);
  if (process.env.AILAB_TEST_FAULT === undefined || value < 950) return;
  throw new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) });
};
`;

const preempted = new DatasetsError('PREEMPTED', 'interrupted by SIGTERM');

describe('a build that is run again', () => {
  let project: TeamProject;

  beforeEach(async () => {
    project = await TeamProject.create();
    await project.addDataset('rows', body, before);
    for (let file = 0; file < 10; file++) await project.addFile(`datasets/rows/rows/${file}.csv`, rowsOf(file));
  });
  afterEach(() => project.remove());

  const rowsOf = (file: number) =>
    `value\n${Array.from({ length: 100 }, (_, row) => `${file * 100 + row}\n`).join('')}`;
  const registryOf = (name: string) => project.config({ registry: name, workers: 1 });

  /** Stops a build when four source shards are finished. */
  async function stop(reason: unknown, options: Partial<BuildOptions> = {}): Promise<void> {
    const controller = new AbortController();
    const onProgress = (event: BuildEvent) => {
      if (event.type === 'task-end' && event.done === 4) controller.abort(reason);
    };
    const config = await registryOf('registry');
    await assert.rejects(build('rows', { config, signal: controller.signal, onProgress, ...options }));
  }

  async function again(options: Partial<BuildOptions> = {}): Promise<{
    readonly result: BuildResult;
    readonly resumed: Extract<BuildEvent, { type: 'build-resumed' }> | undefined;
  }> {
    let resumed: Extract<BuildEvent, { type: 'build-resumed' }> | undefined;
    const onProgress = (event: BuildEvent) => {
      if (event.type === 'build-resumed') resumed = event;
    };
    const config = await project.config({ registry: 'registry', workers: 3 });
    const result = await build('rows', { config, onProgress, ...options });
    return { result, resumed };
  }

  it('goes on from what was finished when the machine was taken away, to the same bytes', async () => {
    const whole = await build('rows', { config: await registryOf('whole') });
    await stop(preempted);
    const { result, resumed } = await again();
    assert.ok(result.units.reused >= 4, `${result.units.reused} units were reused`);
    assert.equal(result.units.reused + result.units.run, 11);
    assert.ok(result.units.redone <= 1);
    assert.deepEqual(
      resumed?.stages.map(({ kind, tasks }) => [kind, tasks]),
      [['source', 10]],
    );
    assert.deepEqual(await digestsBelow(result.directory), await digestsBelow(whole.directory));
    assert.deepEqual(await readdir(join(project.registry, '.staging')), []);
  });

  it('shows its progress from where it was', async () => {
    await stop(preempted);
    const done: number[] = [];
    const onProgress = (event: BuildEvent) => {
      if (event.type === 'task-end' && event.stage !== 'shards') done.push(event.done);
    };
    await build('rows', { config: await registryOf('registry'), onProgress });
    assert.ok((done[0] ?? 0) >= 4, `it began with ${done[0]} of 10`);
    assert.equal(done.at(-1), 10);
  });

  it('goes on after a fault of the network in the code of its author', async () => {
    process.env.AILAB_TEST_FAULT = 'yes';
    try {
      await assert.rejects(build('rows', { config: await registryOf('registry') }), { code: 'USER_CODE' });
    } finally {
      delete process.env.AILAB_TEST_FAULT;
    }
    assert.ok((await again()).result.units.reused >= 9);
  });

  it('starts clean when it is told to', async () => {
    await stop(preempted);
    const { result, resumed } = await again({ restart: true });
    assert.deepEqual(result.units, { reused: 0, run: 11, redone: 0 });
    assert.equal(resumed, undefined);
  });

  it('starts clean after Ctrl-C, which leaves nothing', async () => {
    await stop(new DatasetsError('INTERRUPTED', 'interrupted by SIGINT'));
    assert.deepEqual(await readdir(join(project.registry, '.staging')), []);
    assert.equal((await again()).result.units.reused, 0);
  });

  it('reads no source again whose files have other dates and the same content', async () => {
    await stop(preempted);
    const now = new Date();
    await utimes(join(project.directory, 'datasets/rows/rows/0.csv'), now, now);
    assert.ok((await again()).result.units.reused >= 4);
  });

  it('reads a source again that was changed', async () => {
    await stop(preempted);
    await project.addFile('datasets/rows/rows/0.csv', rowsOf(0).replace('99', '9999'));
    const { result } = await again();
    assert.equal(result.units.reused, 0);
    const whole = await build('rows', { config: await registryOf('whole') });
    assert.deepEqual(await digestsBelow(result.directory), await digestsBelow(whole.directory));
  });

  it('keeps the time that the first attempt stood for, unless another is asked for', async () => {
    await stop(preempted);
    const stopped = Date.now();
    const { result } = await again();
    const manifest = JSON.parse(await readFile(join(result.directory, 'manifest.json'), 'utf8')) as {
      readonly snapshotTime: string;
      readonly fingerprint: { readonly parts: Readonly<Record<string, string>> };
    };
    assert.ok(Date.parse(manifest.snapshotTime) < stopped);
    assert.match(manifest.fingerprint.parts['module builder.ts'] ?? '', /^[0-9a-f]{64}$/);
    await stop(preempted, { ifExists: 'overwrite' });
    const other = await again({ ifExists: 'overwrite', snapshotTime: new Date('2027-01-01') });
    assert.equal(other.result.units.reused, 0);
  });

  it('makes a sample from the beginning, and never from the work of the whole', async () => {
    await stop(preempted);
    const { result } = await again({ maxExamplesPerSplit: 7 });
    assert.equal(result.units.reused, 0);
    assert.equal(result.splits[0]?.examples, 7);
  });
});
