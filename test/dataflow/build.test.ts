import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { openRegistry, readBuildReports } from '../../src/registry/index.js';
import { openStorage, type Storage } from '../../src/storage/index.js';
import { requirePrism } from '../beam/index.js';
import { TemporaryProject } from '../cli/run-cli.js';
import { type Bucket, type Gcs, requireGcs } from '../gcs/index.js';
import { askedBuilder, sumsBuilder } from './builders.js';
import { type FakeDataflow, type FakeJob, type FakeOptions, startFakeDataflow, untilCancelled } from './fake/index.js';
import { portableService } from './portable-service.js';
import { startRefusing } from './refusing-proxy.js';
import { image } from './small-pipeline.js';

describe('a build on Dataflow', () => {
  // Programs and their workers start again and again; on a busy machine that takes.

  let gcs: Gcs;
  let bucket: Bucket;
  let prism: string;
  let project: TemporaryProject;
  let fake: FakeDataflow;

  before(async function () {
    gcs = await requireGcs(this);
    prism = (await requirePrism(this)).endpoint;
  });

  beforeEach(async () => {
    bucket = await gcs.newBucket();
    project = await TemporaryProject.create({ 'package.json': '{"type": "module"}', 'package-lock.json': '{}' });
    await project.write('datasets/sums/builder.js', sumsBuilder);
    const dataflow = { project: 'ours', region: 'europe-west4', temp: bucket.url.replace('/registry', '/temp'), image };
    await project.write('ailab-datasets.config.json', JSON.stringify({ datasets: ['datasets'], dataflow }));
  });
  afterEach(async () => {
    await fake.stop();
    await project.remove();
  });

  const start = async (options: FakeOptions = {}): Promise<void> => {
    fake = await startFakeDataflow({ service: portableService(prism, project.directory), ...options });
  };
  const dataflow = ['--runner', 'dataflow', '--file-format', 'tfrecord'];
  const build = (...more: readonly string[]) => project.run([...command(), ...more]);

  it('publishes the bytes of a build on this machine, with the job in view, and leaves nothing else', async () => {
    await start();
    const there = await build();
    assert.equal(there.code, 0, there.stderr);
    const [job] = fake.jobs;
    assert.ok(there.stderr.includes(`job ${job?.id} on dataflow in europe-west4: ${pageOf(job)}`), there.stderr);
    const here = await project.run(['build', 'sums', '--file-format', 'tfrecord', '--runner', 'inline']);
    assert.equal(here.code, 0, here.stderr);
    assert.deepEqual(await publishedFiles(bucket.storage), await publishedFiles(openStorage(project.registry)));
    assert.deepEqual(await leftInTemp(), ['staging'], 'of the work location nothing is left');
    const [report] = await readBuildReports(openRegistry(bucket.storage));
    assert.deepEqual(
      [report?.outcome, report?.job, report?.settings['runner']?.value],
      ['published', { service: 'dataflow in europe-west4', id: job?.id, url: pageOf(job) }, 'dataflow'],
    );
    assert.equal(
      report?.stages.every(({ rows }) => rows !== undefined),
      true,
    );
    const { workerPools, ...environment } = job?.request.environment ?? {};
    assert.match(JSON.stringify(workerPools), /"machineType":"n2-highmem-2"/);
    assert.match(JSON.stringify(environment), /"max_workflow_runtime_walltime_seconds=7200"/);
  });

  it('shows the error of the author, with its frames, when a worker fails, and publishes nothing', async () => {
    await start();
    await project.write('fail', '');
    const failed = await build();
    assert.equal(failed.code, 1, failed.stderr);
    assert.match(
      failed.stderr,
      /error\[USER_CODE\][\s\S]*RangeError: no such total[\s\S]*at toExample \(.*builder\.js/,
    );
    assert.equal(await bucket.storage.read('sums/1.0.0/manifest.json'), undefined);
    assert.deepEqual(await leftInTemp(), ['staging']);
  });

  it('ends when the job is created with --no-wait; attach publishes what it made, from the same code and once', async () => {
    await start();
    const left = await build('--no-wait', '--json');
    assert.equal(left.code, 0, left.stderr);
    const [job] = fake.jobs;
    const submitted = { status: 'submitted', reference: 'sums', job: job?.id, url: pageOf(job) };
    assert.deepEqual(JSON.parse(left.stdout), { builds: [submitted] });
    assert.deepEqual(await readBuildReports(openRegistry(bucket.storage)), [], 'it has not ended');
    await job?.ended;
    const attach = () => project.run(['attach', job?.id ?? '', '--json']);
    await project.write('datasets/sums/builder.js', sumsBuilder.replace('i % 31', 'i % 30'));
    const otherCode = await attach();
    assert.equal(otherCode.code, 4, otherCode.stderr);
    assert.match(otherCode.stdout, /BUILD_RUNNING.*\s.*from other code or with other settings/);
    await project.write('datasets/sums/builder.js', sumsBuilder);
    const published = await attach();
    assert.equal(published.code, 0, published.stderr);
    assert.match(published.stdout, /"status": "built"[\s\S]*"directory": "gs:\/\/.*\/registry\/sums\/1\.0\.0"/);
    const again = await attach();
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stdout, /"status": "exists"/);
    assert.equal(fake.jobs.length, 1);
  });

  it('is joined by the next build when its submitter is killed, run once, and brought to a registry on this machine', async () => {
    await start();
    await project.write('wait', '');
    const here = ['build', 'sums', ...dataflow];
    const killed = await project.interrupt(here, /the job is running/, 'SIGKILL');
    assert.equal(killed.code, null);
    await project.write('gate', '');
    const joined = await project.run(here);
    assert.equal(joined.code, 0, joined.stderr);
    assert.equal(fake.jobs.length, 1);
    const verified = await project.run(['verify', 'sums:1.0.0']);
    assert.equal(verified.code, 0, verified.stderr);
    assert.deepEqual(await leftInTemp(), ['staging']);
  });

  it('keeps what the job made where it can not be published, until attach does that', async () => {
    await start();
    const refusing = await startRefusing(gcs.endpoint, /\/rewriteTo\//);
    const failed = await project.run(command(), { env: { STORAGE_EMULATOR_HOST: refusing.url } });
    await refusing.close();
    assert.equal(failed.code, 5, failed.stderr);
    const [job] = fake.jobs;
    assert.match(failed.stderr, /error\[STORAGE_DENIED\].*may not copy[\s\S]*what the job \S+ made is kept/);
    assert.ok(failed.stderr.includes(`ailab-datasets attach ${job?.id}`), failed.stderr);
    const published = await project.run(['attach', job?.id ?? '']);
    assert.equal(published.code, 0, published.stderr);
    assert.deepEqual(await leftInTemp(), ['staging']);
  });

  it('publishes by attach what queries gave, which are not run again, and keeps their results', async () => {
    await start();
    await project.install('@duckdb/node-api', '@duckdb/node-bindings');
    await project.write('datasets/asked/builder.js', askedBuilder);
    await project.write('datasets/asked/days.csv', 'day,amount\n1,10\n2,20\n');
    const asked = ['build', 'asked', ...dataflow, '--registry', bucket.url, '--no-wait'];
    const left = await project.run(asked);
    assert.equal(left.code, 0, left.stderr);
    await fake.jobs[0]?.ended;
    await rm(project.path('.cache'), { recursive: true, force: true });
    const published = await project.run(['attach', fake.jobs[0]?.id ?? '', '--json']);
    assert.equal(published.code, 0, published.stdout + published.stderr);
    assert.match(published.stdout, /"examples": 2,/);
    const manifest = Buffer.from((await bucket.storage.read('asked/1.0.0/manifest.json')) ?? []).toString();
    assert.match(manifest, /"extracts"/);
  });

  it('cancels the job at Ctrl-C, and leaves it when its machine is taken away', async () => {
    await start({ service: untilCancelled });
    const preempted = await project.interrupt(command(), /the job is running/, 'SIGTERM');
    assert.equal(preempted.code, 143, preempted.stderr);
    assert.match(preempted.stderr, /the job \S+ goes on/);
    assert.equal(fake.jobs[0]?.state, 'RUNNING');
    const interrupted = await project.interrupt(command(), /the job is running/, 'SIGINT');
    assert.equal(interrupted.code, 130, interrupted.stderr);
    assert.equal(fake.jobs[0]?.state, 'CANCELLED');
    assert.equal(fake.jobs.length, 1);
    assert.deepEqual(await leftInTemp(), ['staging']);
  });

  it('writes the job in place of running it, where a template is asked for', async () => {
    await start();
    const location = bucket.url.replace('/registry', '/template.json');
    const outcome = await build('--template-location', location);
    assert.equal(outcome.code, 0, outcome.stderr);
    assert.match(outcome.stdout, /written to gs:\/\/.*template\.json[\s\S]*gcloud dataflow jobs run sums-1-0-0-/);
    assert.equal(fake.jobs.length, 0);
  });

  it('is refused before anything is asked where a setting is missing, or a flag is for another runner', async () => {
    await start();
    await project.write('ailab-datasets.config.json', '{"datasets": ["datasets"]}');
    const incomplete = await project.run(['build', 'sums', '--runner', 'dataflow', '--project', 'ours']);
    assert.equal(incomplete.code, 2, incomplete.stderr);
    assert.match(incomplete.stderr, /needs --region, --temp, --image/);
    const nowhere = await build(
      '--template-location',
      'job.json',
      '--project',
      'ours',
      '--region',
      'europe-west4',
      '--temp',
      'gs://lab/temp',
      '--image',
      image,
    );
    assert.equal(nowhere.code, 2, nowhere.stderr);
    assert.match(nowhere.stderr, /--template-location must be gs:\/\/bucket\/object, but is "job.json"/);
    const misplaced = await project.run(['build', 'sums', '--no-wait', '--region', 'europe-west4']);
    assert.equal(misplaced.code, 2, misplaced.stderr);
    assert.match(misplaced.stderr, /--region and --no-wait mean nothing to the runner threads/);
  });

  function command(): readonly string[] {
    return ['build', 'sums', ...dataflow, '--registry', bucket.url];
  }

  function pageOf(job: FakeJob | undefined): string {
    return `https://console.cloud.google.com/dataflow/jobs/europe-west4/${job?.id}?project=ours`;
  }

  /** Names in `--temp`. */
  async function leftInTemp(): Promise<readonly string[]> {
    const entries = await openStorage(bucket.url.replace('/registry', '/temp')).list('');
    return entries.map(({ name }) => name);
  }
});

/** The files of the version with their checksums, as its manifest has them. */
async function publishedFiles(storage: Storage): Promise<unknown> {
  const manifest = JSON.parse(Buffer.from((await storage.read('sums/1.0.0/manifest.json')) ?? []).toString()) as {
    readonly files: readonly { readonly path: string; readonly sha256: string }[];
  };
  return manifest.files.map(({ path, sha256 }) => [path, sha256]);
}
