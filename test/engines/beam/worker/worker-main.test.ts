import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../../../src/core/config/index.js';
import { emitContainer } from '../../../../src/project/index.js';
import { buildImage, type Image } from '../../../container/build-image.js';
import { makeTeamProject } from '../../../container/team-project.js';
import { type RunningContainer, startContainer } from './container.js';
import { FakeRunner, type ProvisionedJob } from './fake-runner.js';

/** Where nobody listens. */
const nowhere = 'localhost:1';

describe('the container of workers', () => {
  let folder = '';
  let image: Image;
  let runner: FakeRunner | undefined;
  let container: RunningContainer | undefined;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ailab-image-'));
    const project = makeTeamProject(folder);
    await emitContainer(await loadConfig({ cwd: project.root, env: {} }), {});
    image = buildImage(project.root);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  afterEach(async () => {
    container?.process.kill('SIGKILL');
    await container?.ended;
    runner?.stop();
  });

  async function start(job: ProvisionedJob, args: (endpoint: string) => readonly string[]) {
    runner = await FakeRunner.start(job);
    container = startContainer(image, args(runner.endpoint));
    return { runner, container };
  }

  it("is started as Dataflow's boot would, asks for its provisioning first, and ends well when the job does", async () => {
    const { runner, container } = await start({}, (endpoint) => [
      '--id=sdk-0-0',
      `--provision_endpoint=${endpoint}`,
      // What provisioning says counts before the flags.
      `--control_endpoint=${nowhere}`,
      `--logging_endpoint=${nowhere}`,
      `--artifact_endpoint=${nowhere}`,
      '--semi_persist_dir=/var/opt/google',
      '--of_a_newer_runner=yes',
    ]);
    await runner.seen('control sdk-0-0');
    runner.endJob();
    assert.deepEqual([await container.ended, container.said()], [0, '']);
    assert.deepEqual(runner.events, ['provision sdk-0-0', 'control sdk-0-0', 'end sdk-0-0']);
  });

  it("is started by Prism's process environment, which quotes the id and tells the address of provisioning alone", async () => {
    const { runner, container } = await start({}, (endpoint) => [
      "--id='job-1_env'",
      `--provision_endpoint=${endpoint}`,
    ]);
    await runner.seen('control job-1_env');
    runner.endJob();
    assert.equal(await container.ended, 0);
    assert.deepEqual(runner.events[0], 'provision job-1_env');
  });

  it('takes from its flags what provisioning does not say', async () => {
    const { runner, container } = await start({ tellsEndpoints: false }, (endpoint) => [
      '--id',
      'sdk-0',
      '--provision_endpoint',
      endpoint,
      '--control_endpoint',
      endpoint,
    ]);
    await runner.seen('provision sdk-0', 'control sdk-0');
    runner.endJob();
    assert.equal(await container.ended, 0);
  });

  it('asks for nothing where a pool tells it all', async () => {
    const { runner, container } = await start({}, (endpoint) => ['--id=w1', `--control_endpoint=${endpoint}`]);
    await runner.seen('control w1');
    runner.endJob();
    assert.equal(await container.ended, 0);
    assert.ok(!runner.events.includes('provision w1'));
  });

  it('runs one process for each sibling, with the threads that the options of the job say', async () => {
    const { runner, container } = await start(
      {
        siblingWorkerIds: ['sdk-0-1', 'sdk-0-2'],
        // As Dataflow nests them.
        pipelineOptions: { display_data: [], options: { number_of_worker_harness_threads: 3 } },
      },
      (endpoint) => ['--id=sdk-0-0', `--provision_endpoint=${endpoint}`],
    );
    await runner.seen('control sdk-0-0', 'control sdk-0-1', 'control sdk-0-2');
    const children = container.children();
    const flags = children.map(({ args }) => args.filter((arg) => /^--(?:id|threads)=/.test(arg)));
    assert.deepEqual(
      flags,
      [0, 1, 2].map((index) => [`--id=sdk-0-${index}`, '--threads=3']),
    );
    assert.equal(runner.events.filter((event) => event.startsWith('provision')).length, 1);
    runner.endJob();
    assert.deepEqual([await container.ended, container.said()], [0, '']);
  });

  it('ends with the status of a worker that was killed, and no sibling outlives it', async () => {
    const { runner, container } = await start({ siblingWorkerIds: ['sdk-0-1'] }, (endpoint) => [
      '--id=sdk-0-0',
      `--provision_endpoint=${endpoint}`,
    ]);
    await runner.seen('control sdk-0-0', 'control sdk-0-1');
    const victim = container.children().find(({ args }) => args.includes('--id=sdk-0-1'));
    process.kill(victim?.pid ?? 0, 'SIGKILL');
    await runner.seen('end sdk-0-0', 'end sdk-0-1');
    assert.equal(await container.ended, 137);
    assert.match(
      container.said(),
      /^error\[WORKER_DIED\]: worker sdk-0-1 ended by SIGKILL, and its container with it\nhint: .*memory/,
    );
  });

  it('passes SIGTERM on', async () => {
    const { runner, container } = await start({ siblingWorkerIds: ['sdk-0-1'] }, (endpoint) => [
      '--id=sdk-0-0',
      `--provision_endpoint=${endpoint}`,
    ]);
    await runner.seen('control sdk-0-0', 'control sdk-0-1');
    container.process.kill('SIGTERM');
    await runner.seen('end sdk-0-0', 'end sdk-0-1');
    assert.deepEqual([await container.ended, container.said()], [143, '']);
  });

  it('ends by SIGTERM while it waits for its provisioning', async () => {
    const silent = createServer();
    await once(silent.listen(0, 'localhost'), 'listening');
    const { port } = silent.address() as AddressInfo;
    container = startContainer(image, ['--id=sdk-0', `--provision_endpoint=localhost:${port}`]);
    const [socket] = (await once(silent, 'connection')) as [Socket];
    container.process.kill('SIGTERM');
    assert.deepEqual([await container.ended, container.said()], [143, '']);
    socket.destroy();
    silent.close();
  });

  it('leaves no worker behind when it is killed', async () => {
    const { runner, container } = await start({ siblingWorkerIds: ['sdk-0-1'] }, (endpoint) => [
      '--id=sdk-0-0',
      `--provision_endpoint=${endpoint}`,
    ]);
    await runner.seen('control sdk-0-0', 'control sdk-0-1');
    container.process.kill('SIGKILL');
    await runner.seen('end sdk-0-0', 'end sdk-0-1');
  });

  it('says what is missing in its flags', async () => {
    for (const [args, message] of [
      [['--control_endpoint=localhost:1'], 'a worker was started without --id'],
      [['--id=w'], 'worker w was started with neither --provision_endpoint nor --control_endpoint'],
    ] as const) {
      container = startContainer(image, args);
      assert.equal(await container.ended, 1);
      assert.ok(container.said().startsWith(`error[USAGE]: ${message}\nhint: `), container.said());
    }
  });
});
