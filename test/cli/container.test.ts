import assert from 'node:assert/strict';
import { usualPackages } from '../container/team-project.js';
import { TemporaryProject } from './run-cli.js';

describe('container emit', () => {
  let project: TemporaryProject;
  beforeEach(async () => {
    project = await TemporaryProject.create({
      'package.json': JSON.stringify({ name: 'team', type: 'module' }),
      'package-lock.json': JSON.stringify({ lockfileVersion: 3, packages: { '': {}, ...usualPackages } }),
      'ailab-datasets.config.json': '{}',
    });
  });
  afterEach(() => project.remove());

  it('says what it wrote, what the image will not have, and how it is built', async () => {
    const { code, stdout, stderr } = await project.run(['container', 'emit']);
    assert.equal(code, 0, stderr);
    const lines = stdout.split('\n');
    assert.deepEqual(lines.slice(0, 3), [
      'created    Dockerfile',
      'created    .dockerignore',
      'created    cloudbuild.yaml',
    ]);
    assert.match(stdout, /^note {2}The image has no sharp: /m);
    assert.match(stdout, /^ {2}docker build --ssh default --tag IMAGE \.$/m);
  });

  it('names the file that is there, with exit code 2, and writes over it with --force', async () => {
    await project.write('cloudbuild.yaml', 'steps: []\n');
    const refused = await project.run(['container', 'emit']);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /cloudbuild\.yaml is there already, and not as this would write it/);
    const { code, stdout } = await project.run(['container', 'emit', '--force', '--node', '24.11.1', '--json']);
    assert.equal(code, 0);
    const { files } = JSON.parse(stdout) as { readonly files: readonly { readonly state: string }[] };
    assert.deepEqual(
      files.map(({ state }) => state),
      ['created', 'created', 'replaced'],
    );
  });

  it('refuses this package itself, with exit code 4', async () => {
    await project.write('package-lock.json', JSON.stringify({ packages: { '': { name: 'ailab-datasets' } } }));
    const { code, stderr } = await project.run(['container', 'emit']);
    assert.equal(code, 4);
    assert.match(stderr, /hint: Run it in a project that depends on ailab-datasets/);
  });
});
