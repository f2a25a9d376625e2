import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type BuildOutput,
  createEngine,
  type Engine,
  type ResumedWork,
  readJournalSummary,
} from '../../src/engines/index.js';
import { journalFolder, unitFilesIn } from '../../src/engines/journal/journal.js';
import { readUnit } from '../../src/engines/journal/unit-entry.js';
import { callsVariable, type ResumableName } from './fixtures/resumable.js';
import { digests, fixture } from './run-job.js';
import { temporaryDirectory } from './temporary-directory.js';

interface Attempt {
  readonly engine?: Engine;
  /** Stops the build soon after so many calls of the author's functions. */
  readonly stopAfter?: number;
  /** Together with `stopAfter`: not before this is so. */
  readonly stopIf?: () => boolean;
  readonly identity?: string | undefined;
  readonly formats?: readonly ('tfrecord' | 'arrow')[];
  readonly numShards?: number;
  readonly snapshotTime?: string;
}

/** One build in two directories, which may be stopped and run again. */
class ResumableBuild {
  readonly config: ResumableName;
  readonly directory: string;
  readonly calls: string;
  resumed: ResumedWork | undefined;

  constructor(directory: string, config: ResumableName) {
    this.config = config;
    this.directory = directory;
    this.calls = join(directory, 'calls');
    for (const folder of ['work', 'out']) mkdirSync(join(directory, folder), { recursive: true });
  }

  get work(): string {
    return join(this.directory, 'work');
  }

  /** The output, or undefined when it was stopped. */
  async run(attempt: Attempt = {}): Promise<BuildOutput | undefined> {
    const { engine = createEngine('inline'), identity = 'same', formats = ['tfrecord'] } = attempt;
    const { stopAfter, stopIf = () => true } = attempt;
    const controller = new AbortController();
    const enough = this.callsMade().length + (stopAfter ?? Number.POSITIVE_INFINITY);
    const timer = setInterval(() => {
      if (this.callsMade().length >= enough && stopIf()) controller.abort();
    }, 5);
    process.env[callsVariable] = this.calls;
    try {
      return await engine.run(
        {
          id: 'job',
          builder: {
            module: fixture('resumable.js'),
            name: 'resumable',
            config: this.config,
            version: '1.0.0',
            manualDirectory: undefined,
          },
          facts: { snapshotTime: attempt.snapshotTime ?? '2026-11-21T00:00:00.000Z', once: {} },
          workDirectory: this.work,
          outputDirectory: join(this.directory, 'out'),
          formats,
          bufferBytes: 1 << 20,
          numShards: attempt.numShards ?? 3,
          ...(identity === '' ? {} : { journal: { identity } }),
        },
        {
          signal: controller.signal,
          onProgress: () => {},
          onResume: (work) => {
            this.resumed = work;
          },
        },
      );
    } catch (error) {
      if (!controller.signal.aborted) throw error;
      return undefined;
    } finally {
      clearInterval(timer);
      delete process.env[callsVariable];
    }
  }

  digests(): Record<string, string> {
    return digests({ outputDirectory: join(this.directory, 'out') } as Parameters<typeof digests>[0]);
  }

  /** Elements of fan-outs that the journal knows to be worked on. */
  dealtAndKept(): number {
    const folder = join(this.work, journalFolder);
    const units = existsSync(folder) ? unitFilesIn(folder).map((file) => readUnit(file, () => this.work)) : [];
    return units.reduce(
      (sum, unit) => sum + (unit?.part?.kind === 'fanOut' && unit.result.kind === 'stage' ? unit.result.rows : 0),
      0,
    );
  }

  callsMade(): readonly string[] {
    return existsSync(this.calls) ? readFileSync(this.calls, 'utf8').trim().split('\n') : [];
  }
}

const damages: readonly ((file: string) => void)[] = [
  (file) => {
    const bytes = readFileSync(file);
    const middle = bytes.length >> 1;
    bytes[middle] = (bytes[middle] ?? 0) ^ 1;
    writeFileSync(file, bytes);
  },
  (file) => writeFileSync(file, readFileSync(file).subarray(0, -1)),
  (file) => rmSync(file),
];

const threads = (workers: number) => createEngine('threads', { workers });

describe('a build that was stopped', () => {
  const directory = temporaryDirectory();
  const newBuild = (name: string, config: ResumableName) => new ResumableBuild(join(directory(), name), config);

  async function undisturbed(config: ResumableName): Promise<{ digests: Record<string, string>; output: BuildOutput }> {
    const build = newBuild(`whole-${config}`, config);
    const output = await build.run({ engine: threads(2), identity: '' });
    assert.ok(output);
    return { digests: build.digests(), output };
  }

  const configs: readonly ResumableName[] = [
    'shards',
    'groups',
    'generator',
    'batches',
    'awaited',
    'fannedOut',
    'chained',
    'sideInputs',
  ];
  for (const config of configs) {
    it(`goes on with other workers, to the same bytes and counters: ${config}`, async () => {
      const whole = await undisturbed(config);
      const build = newBuild('stopped', config);
      const engines = [threads(2), createEngine('inline'), threads(3)];
      let output: BuildOutput | undefined;
      for (let attempt = 0; output === undefined; attempt++) {
        assert.ok(attempt < 30, 'it never comes to its end');
        const engine = engines[attempt % 3] as Engine;
        output = await build.run({ engine, stopAfter: 500 + attempt * 300 });
      }
      assert.ok(build.resumed, 'it was never stopped');
      assert.deepEqual(build.digests(), whole.digests);
      assert.deepEqual(output.counters, whole.output.counters);
      assert.deepEqual(
        output.splits.map(({ shards, ...split }) => split),
        whole.output.splits.map(({ shards, ...split }) => split),
      );
    });
  }

  it('does no finished unit again', async () => {
    const build = newBuild('stopped', 'shards');
    await build.run({ stopAfter: 700 });
    const before = build.callsMade();
    assert.ok(before.length >= 200 && before.length < 3000, `${before.length} calls before the stop`);
    const output = await build.run({ engine: threads(2) });
    const all = build.callsMade();
    assert.equal(new Set(all).size, 3000);
    // One source shard was in the middle.
    assert.ok(all.length - 3000 <= 100, `${all.length - 3000} calls were made again`);
    assert.ok(output !== undefined && output.units.redone <= 1);
    // The last one may have been stopped after its last call.
    assert.ok([0, 1].includes(Math.floor(before.length / 100) - output.units.reused), `${output.units.reused} reused`);
    assert.equal(output.units.reused + output.units.run, 30 + 3);
  });

  it('calls no function again for the elements of a generator that were done', async () => {
    const build = newBuild('stopped', 'generator');
    await build.run({ stopAfter: 1500 });
    const before = build.callsMade().length;
    assert.ok(before > 700 && before < 3000, `${before} calls before the stop`);
    await build.run();
    const calls = build.callsMade();
    assert.equal(new Set(calls).size, 3000);
    // At most a quarter of a second of work.
    assert.ok(calls.length - 3000 < 700, `${calls.length - 3000} calls were made again`);
  });

  it('calls no function again for the batches of a fan-out that were done', async () => {
    const build = newBuild('stopped', 'fannedOut');
    await build.run({ engine: threads(2), stopAfter: 1000, stopIf: () => build.dealtAndKept() > 0 });
    const [before, kept] = [build.callsMade().length, build.dealtAndKept()];
    await build.run({ engine: threads(3) });
    const calls = build.callsMade();
    assert.equal(new Set(calls).size, 2500);
    assert.ok(kept > 0);
    assert.ok(calls.length - 3500 <= before - kept, `${calls.length - 3500} of ${before} calls were made again`);
  });

  it('keeps the facts that it was told', async () => {
    const build = newBuild('stopped', 'facts');
    await build.run({ stopAfter: 500 });
    const output = await build.run({ snapshotTime: '2027-01-01T00:00:00.000Z' });
    assert.equal(output?.facts.snapshotTime, '2026-11-21T00:00:00.000Z');
    assert.ok(output.units.reused > 0);
  });

  it('says what it goes on from, and its journal what is there', async () => {
    const build = newBuild('stopped', 'shards');
    await build.run({ stopAfter: 700 });
    const summary = await readJournalSummary(build.work);
    const done = summary?.stages[0]?.done ?? 0;
    // The last one may have been stopped after its last call.
    assert.ok([0, 1].includes(Math.floor(build.callsMade().length / 100) - done), `${done} are done`);
    assert.deepEqual(summary?.stages, [{ stage: 'read#0', done, of: 30 }]);
    assert.equal(summary.rows, done * 100);
    assert.ok(summary.bytes > done * 100 * 30);
    await build.run({});
    assert.deepEqual(build.resumed?.stages, [{ stage: 'read#0', kind: 'source', done, tasks: 30 }]);
    assert.ok(Date.now() - build.resumed.stoppedAt.getTime() < 60_000);
    assert.equal(await readJournalSummary(build.directory), undefined);
  });

  it('makes other shards from the same rows', async () => {
    const build = newBuild('stopped', 'shards');
    await build.run({});
    const output = await build.run({ numShards: 2, formats: ['arrow'] });
    assert.deepEqual(output?.units, { reused: 30, run: 2, redone: 0 });
    const again = await build.run({ numShards: 2, formats: ['arrow'] });
    assert.deepEqual(again?.units, { reused: 32, run: 0, redone: 0 });
    const files = Object.keys(build.digests());
    assert.equal(files.filter((file) => file.endsWith('.arrow')).length, 2);
    assert.ok(
      files.every((file) => file.includes('of-00002')),
      files.join(),
    );
  });

  it('never goes on from the work of another build', async () => {
    const build = newBuild('stopped', 'shards');
    await build.run({ stopAfter: 700 });
    const output = await build.run({ identity: 'other' });
    assert.deepEqual(output?.units, { reused: 0, run: 33, redone: 0 });
  });

  it('makes again what was damaged: spill, shards, and the journal itself', async () => {
    const whole = await undisturbed('groups');
    const build = newBuild('stopped', 'groups');
    await build.run({});
    const some = (folder: string, wanted: RegExp) =>
      readdirSync(join(build.directory, folder), { recursive: true })
        .map(String)
        .filter((name) => wanted.test(name))
        .slice(0, 2)
        .map((name) => join(build.directory, folder, name));
    const files = [...some('work', /-train$/), ...some('out', /tfrecord/), ...some('work', /\.(unit|stage)$/)];
    assert.ok(files.length >= 5);
    for (const [index, file] of files.entries()) {
      const damage = damages[index % damages.length] as (file: string) => void;
      damage(file);
      const output = await build.run({ engine: threads(2) });
      assert.ok(output !== undefined && output.units.run > 0, `${file} was not noticed`);
      assert.deepEqual(build.digests(), whole.digests);
      assert.deepEqual(output.counters, whole.output.counters);
    }
  });

  it('refuses a generator that gives other elements than before', async () => {
    const build = newBuild('stopped', 'unsteady');
    await build.run({ stopAfter: 1500 });
    process.env.AILAB_TEST_PREFIX = 'x';
    try {
      await assert.rejects(build.run({}), { code: 'PIPELINE_INVALID', message: /same elements/ });
    } finally {
      delete process.env.AILAB_TEST_PREFIX;
    }
  });
});
