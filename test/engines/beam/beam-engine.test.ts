import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DatasetsError } from '../../../src/core/errors/index.js';
import { BeamEngine } from '../../../src/engines/beam/beam-engine.js';
import { JobDetached } from '../../../src/engines/beam/job/submitter.js';
import type { BuildProgress } from '../../../src/engines/index.js';
import { repositoryRoot } from '../../oracle/index.js';
import { type PipelineName, pipelines } from '../fixtures/pipelines.js';
import { fixture, leftFiles, type RunOptions, runJob } from '../run-job.js';
import { temporaryDirectory } from '../temporary-directory.js';
import { compareBuilds } from './compare-builds.js';
import { type InProcessOptions, InProcessSubmitter } from './in-process-submitter.js';

const failing: readonly PipelineName[] = ['unmatched'];
const names = (Object.keys(pipelines) as PipelineName[]).filter((name) => !failing.includes(name));
const everyTransform = { module: fixture('every-transform.js'), name: 'every_transform' };

describe('a build by Beam', () => {
  const directory = temporaryDirectory();
  const open = (seed: number, lostAttempts = 0, more: Partial<InProcessOptions> = {}) => {
    const submitter = new InProcessSubmitter({ seed, lostAttempts, scratchDirectory: directory(), ...more });
    const workLocation = join(directory(), 'work-location');
    const engine = new BeamEngine({ name: 'beam', submitter, workLocation, projectRoot: repositoryRoot });
    return { engine, submitter, workLocation };
  };
  const failureOf = async (options: RunOptions): Promise<DatasetsError> => {
    const { engine, workLocation } = open(1);
    const failure = await runJob(directory(), { ...options, engine }).then(
      () => assert.fail('the build must fail'),
      (error: unknown) => error,
    );
    assert.ok(failure instanceof DatasetsError, String(failure));
    assert.ok(!existsSync(workLocation) || readdirSync(workLocation).length === 0, 'the work location is left empty');
    assert.deepEqual(leftFiles(directory()), []);
    return failure;
  };

  for (const config of names) {
    it(`gives the bytes of a build in this thread: ${config}`, async () => {
      const { engine, workLocation } = open(names.indexOf(config));
      await compareBuilds(directory(), engine, { config });
      assert.deepEqual(readdirSync(workLocation), [], 'the work location is left empty');
      assert.deepEqual(leftFiles(directory()), []);
    });
  }

  for (const seed of [1, 2, 3]) {
    it(`gives them from every transform, whatever the order and however often bundles are tried: ${seed}`, async () => {
      const { engine } = open(seed, seed - 1);
      const { run } = await compareBuilds(directory(), engine, everyTransform);
      assert.equal(run.output.counters['seen'], 3000);
      assert.ok(run.output.splits.some(({ shards }) => shards.length > 1));
    });
  }

  it('tells what each stage does, as a build in this thread does', async () => {
    const stagesOf = async (options: RunOptions) => {
      const events: BuildProgress[] = [];
      await runJob(directory(), { ...options, onProgress: (event) => events.push(event) });
      const named = (type: BuildProgress['type']) =>
        events.flatMap((event) => (event.type === type && 'rows' in event ? [`${event.stage} ${event.rows}`] : []));
      return { started: named('stage-start').sort(), ended: named('stage-end').sort() };
    };
    const expected = await stagesOf({ config: 'elementwise' });
    const told = await stagesOf({ config: 'elementwise', engine: open(1).engine });
    assert.deepEqual(told.ended, expected.ended);
    assert.ok(expected.ended.length === 2 && told.started.includes('read#0 1000'));
  });

  it("throws the author's own error, with its stack", async () => {
    const failure = await failureOf({ module: fixture('failures.js'), name: 'failures', config: 'inMap' });
    assert.equal(failure.code, 'USER_CODE');
    assert.match(failure.message, /explode.* failed: TypeError: no 137 please/);
    assert.ok(failure.cause instanceof Error);
    assert.match(failure.cause.stack ?? '', /failures/);
  });

  it('refuses a join of which too much found no partner', async () => {
    const failure = await failureOf({ config: 'unmatched' });
    assert.equal(failure.code, 'JOIN_UNMATCHED');
    const inline = await runJob(directory(), { config: 'unmatched' }).catch((error: unknown) => error);
    assert.ok(inline instanceof DatasetsError);
    assert.equal(failure.message, inline.message);
  });

  it('leaves out malformed rows, and refuses more than its author allows, in the words of a build in this thread', async () => {
    const file = join(directory(), 'rows.csv');
    process.env['AILAB_TEST_ROWS'] = file;
    const badRowDirectory = join(directory(), 'bad-rows');
    const options = { module: fixture('bad-rows.js'), name: 'bad_rows', job: { badRowDirectory } };
    writeFileSync(file, 'n\n1\nx\n3\n');
    const { run } = await compareBuilds(directory(), open(1, 1).engine, options);
    assert.equal(run.output.badRows[0]?.rows, 1);
    writeFileSync(file, 'n\n1\nx\n3\ny\nz\n');
    const failure = await failureOf(options);
    assert.equal(failure.code, 'SOURCE_MALFORMED');
    const quarantined = readFileSync(join(badRowDirectory, 'source-0.jsonl'), 'utf8');
    const inline = await runJob(directory(), options).catch((error: unknown) => error);
    assert.ok(inline instanceof DatasetsError);
    assert.deepEqual([failure.message, failure.hint], [inline.message, inline.hint]);
    assert.equal(quarantined, readFileSync(join(badRowDirectory, 'source-0.jsonl'), 'utf8'));
  });

  for (const losing of ['read#0/Run', 'groupByKey#2/Plan', 'groupByKey#2/Run', 'shards/Encode']) {
    it(`fails where something gets lost on its way: ${losing}`, async () => {
      const { engine } = open(1, 0, { losing });
      const failure = await runJob(directory(), { config: 'groups', engine }).catch((error: unknown) => error);
      assert.ok(failure instanceof DatasetsError && failure.code === 'INTERNAL', String(failure));
      assert.match(failure.message, /cut into|shards/);
    });
  }

  it('refuses a sample, and names the engine that makes one', async () => {
    const failure = await failureOf({ config: 'elementwise', job: { maxExamplesPerSplit: 10 } });
    assert.equal(failure.code, 'UNSUPPORTED');
    assert.match(failure.hint ?? '', /--runner threads/);
  });

  it('is brought home by another submitter, which asks no query again, where the first one left', async () => {
    const module = pathToFileURL(join(repositoryRoot, 'dist', 'datasets', 'products', 'product_a', 'builder.js')).href;
    const retain = { directory: join(directory(), 'retained'), mostBytes: 2 ** 30 };
    const builder = { module, name: 'product_a', config: 'all', version: '1.2.0', manualDirectory: undefined };
    const options = { job: { builder, retain, formats: ['tfrecord'], maxShardBytes: 1 << 22 } } as const;
    const first = open(1, 0, { isDetached: true });
    const left = await runJob(directory(), { ...options, engine: first.engine }).catch((error: unknown) => error);
    assert.ok(left instanceof JobDetached, String(left));
    const second = open(2, 0, { found: first.submitter.left });
    const { run } = await compareBuilds(directory(), second.engine, options);
    assert.ok(run.output.retained.some(({ extract }) => extract !== undefined));
    assert.deepEqual(second.submitter.pipelines, []);
    assert.deepEqual(readdirSync(first.workLocation), [], 'the work location is left empty');
  });

  it('leaves a job that it can not attach to', async () => {
    const first = open(1, 0, { isDetached: true });
    await runJob(directory(), { config: 'counted', engine: first.engine }).catch(() => {});
    const second = open(1, 0, { found: first.submitter.left });
    const failure = await runJob(directory(), { config: 'groups', engine: second.engine }).catch((error) => error);
    assert.ok(failure instanceof DatasetsError && failure.code === 'USAGE', String(failure));
    assert.match(failure.message, /the job makes pipelines\/counted:1.0.0 as tfrecord, and pipelines\/groups/);
    assert.equal(readdirSync(first.workLocation).length, 1);
  });
});
