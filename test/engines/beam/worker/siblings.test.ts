import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BeamEngine } from '../../../../src/engines/beam/beam-engine.js';
import { PortableSubmitter } from '../../../../src/engines/beam/job/portable-submitter.js';
import { type RunnerProcess, requirePythonRunner } from '../../../beam/index.js';
import { digests, leftFiles, runJob } from '../../run-job.js';
import { SiblingPool } from './sibling-pool.js';
import { imageOf, killAtGate, makeSquaresProject, type SquaresProject } from './squares-project.js';

describe("two sibling workers in one container, on Python's runner", () => {
  let folder = '';
  let runner: RunnerProcess;
  let project: SquaresProject;
  let pool: SiblingPool;
  let gate = '';

  before(async function () {
    runner = await requirePythonRunner(this, { workers: 2 });
  });
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ailab-siblings-'));
    project = makeSquaresProject(folder);
    const image = await imageOf(project);
    gate = image.gate;
    pool = await SiblingPool.start(image, 2);
  });
  afterEach(() => {
    pool.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function build(config: 'quick' | 'gated', signal?: AbortSignal) {
    const submitter = new PortableSubmitter({
      endpoint: runner.endpoint,
      environment: { kind: 'external', endpoint: pool.endpoint },
      workers: { program: pathToFileURL('/dev/null'), env: {} },
    });
    const workLocation = join(folder, 'work-location');
    const engine = new BeamEngine({ name: 'beam', submitter, workLocation, projectRoot: project.root });
    return runJob(folder, { ...project.squares(config), engine, ...(signal !== undefined && { signal }) });
  }

  it('give the bytes of a build in this thread, each in a process of its own', async () => {
    const expected = await runJob(folder, project.squares('quick'));
    assert.deepEqual(digests(await build('quick')), digests(expected));
    assert.equal(await pool.container?.ended, 0);
  });

  it('end together when one is killed, and nothing is published', async () => {
    await killAtGate(
      gate,
      (signal) => build('gated', signal),
      async () => assert.equal(await pool.container?.ended, 137),
    );
    assert.match(pool.container?.said() ?? '', /^error\[WORKER_DIED\]: worker \S+ ended by SIGKILL/m);
    assert.deepEqual(leftFiles(folder), []);
    assert.deepEqual(readdirSync(join(folder, 'work-location')), []);
  });
});
