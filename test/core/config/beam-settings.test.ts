import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BeamConfig, loadConfig, parseWorkerEnvironment } from '../../../src/core/config/index.js';
import { DatasetsError } from '../../../src/core/errors/index.js';

describe('the settings of builds on Beam', () => {
  let project: string;
  beforeEach(async () => {
    project = await mkdtemp(join(tmpdir(), 'ailab-beam-settings-'));
  });
  afterEach(() => rm(project, { recursive: true, force: true }));

  const load = async (beam: BeamConfig = {}, file?: object) => {
    if (file !== undefined) await writeFile(join(project, 'ailab-datasets.config.json'), JSON.stringify(file));
    const flags = Object.keys(beam).length === 0 ? {} : { beam };
    return (await loadConfig({ cwd: project, env: { HOME: project }, flags })).beam;
  };
  const refuses = (beam: object, message: RegExp) =>
    assert.rejects(load(beam), (error: unknown) => {
      assert.ok(error instanceof DatasetsError, String(error));
      assert.equal(error.code, 'USAGE');
      assert.match(error.message, message);
      return true;
    });

  it('are empty where nobody says anything', async () => {
    const nothing = { jobEndpoint: undefined, environment: undefined, workLocation: undefined, options: {} };
    assert.deepEqual(await load(), nothing);
  });

  it('come part by part from flags and file, a path relative to where it is said', async () => {
    const file = {
      beam: { jobEndpoint: 'jobs:8099', workLocation: 'work', options: { parallelism: 4, region: 'eu' } },
    };
    assert.deepEqual(await load({ environment: 'docker:eu.pkg.dev/lab/worker:7', options: { parallelism: 8 } }, file), {
      jobEndpoint: 'jobs:8099',
      environment: { kind: 'docker', image: 'eu.pkg.dev/lab/worker:7' },
      workLocation: join(project, 'work'),
      options: { parallelism: 8, region: 'eu' },
    });
  });

  it('take a bucket as a work location', async () => {
    assert.equal((await load({ workLocation: 'gs://lab-work/beam' })).workLocation, 'gs://lab-work/beam');
  });

  it('are refused by the names of their flags', async () => {
    await refuses({ jobEndpoint: '8073' }, /--job-endpoint must be HOST:PORT, but is "8073"/);
    await refuses({ jobEndpoint: 'http://localhost:8073' }, /--job-endpoint must be HOST:PORT/);
    await refuses({ jobEndpoint: 'localhost:99999' }, /--job-endpoint must be HOST:PORT/);
    await refuses(
      { environment: 'podman:x' },
      /--environment must be loopback, external:HOST:PORT, process:COMMAND or/,
    );
    await refuses({ workLocation: 's3://lab/work' }, /--work-location must be a directory or gs:\/\/bucket\/prefix/);
    await refuses(
      { options: { 'max threads': 1 } },
      /--pipeline-option has a name that must be the name of a pipeline/,
    );
  });
});

describe('parseWorkerEnvironment', () => {
  it('reads what people write, and nothing else', () => {
    assert.deepEqual(parseWorkerEnvironment('LOOPBACK'), { kind: 'loopback' });
    assert.deepEqual(parseWorkerEnvironment('external:[::1]:50000'), { kind: 'external', endpoint: '[::1]:50000' });
    assert.deepEqual(parseWorkerEnvironment('process:/srv/my worker'), { kind: 'process', command: '/srv/my worker' });
    for (const text of ['', 'loopback:x', 'external:', 'external:host', 'external:host:0', 'process:', 'docker:a b']) {
      assert.equal(parseWorkerEnvironment(text), undefined, text);
    }
  });
});
