import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { buildVersion } from '../reader/build-version.js';
import { flip } from '../reader/damage.js';
import { sampleExamples, sampleSchema } from '../reader/sample.js';
import { TemporaryProject } from './run-cli.js';

describe('verify --repair', () => {
  let project: TemporaryProject;
  let shard = '';
  before(async () => {
    project = await TemporaryProject.create();
    const { registry } = project;
    const version = await buildVersion({
      registry,
      name: 'sample',
      schema: sampleSchema,
      splits: { train: sampleExamples(0, 9) },
    });
    shard = join(version, 'sample-train.tfrecord-00000-of-00001');
    cpSync(registry, project.path('mirror'), { recursive: true });
  });
  after(() => project.remove());

  const verify = (...flags: readonly string[]) =>
    project.run(['verify', 'sample', '--registry', project.registry, ...flags]);

  it('says for each file what it did, and verifies again', async () => {
    flip(shard, 20);
    const unrepaired = await verify('--repair', '--no-rebuild');
    assert.equal(unrepaired.code, 1);
    assert.match(
      unrepaired.stdout,
      /^not repaired sample-train\.tfrecord-00000-of-00001: .*; it was not to be built again$/m,
    );
    assert.match(unrepaired.stdout, /^sample:1\.0\.0 damaged/m);
    const { code, stdout, stderr } = await verify('--repair', '--from', project.path('mirror'));
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      /^repaired sample-train\.tfrecord-00000-of-00001 from .*mirror\/sample\/1\.0\.0: .*has changed/m,
    );
    assert.match(stdout, /^sample:1\.0\.0 ok: 9 examples/m);
    assert.doesNotMatch((await verify('--repair')).stdout, /repaired/);
  });

  it('goes on with the other versions when a manifest is damaged', async () => {
    const other = await buildVersion({
      registry: project.registry,
      name: 'other',
      schema: sampleSchema,
      splits: { train: sampleExamples(0, 3) },
    });
    flip(join(other, 'manifest.json'), 50);
    const { code, stdout } = await project.run(['verify', '--all', '--registry', project.registry]);
    assert.equal(code, 1);
    assert.match(stdout, /^other:1\.0\.0 damaged: 1 problem/m);
    assert.match(stdout, /MANIFEST_INVALID/);
    assert.match(stdout, /^sample:1\.0\.0 ok: 9 examples/m);
  });

  it('wants --repair with the flags that say how', async () => {
    const { code, stderr } = await verify('--from', project.path('mirror'));
    assert.equal(code, 2);
    assert.match(stderr, /error\[USAGE\].*--from and --no-rebuild say how to repair/);
  });
});
