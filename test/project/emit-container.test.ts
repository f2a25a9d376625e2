import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/core/config/index.js';
import { emitContainer } from '../../src/project/index.js';
import { buildImage } from '../container/build-image.js';
import { parseDockerfile } from '../container/parse-dockerfile.js';
import { makeTeamProject, type TeamProject, usualPackages } from '../container/team-project.js';

describe('container emit', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ailab-container-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const emit = async (project: TeamProject, options: Parameters<typeof emitContainer>[1] = {}) =>
    emitContainer(await loadConfig({ cwd: project.root, env: {} }), options);

  it('makes an image with the project, its locked packages and the program of a worker', async () => {
    const project = makeTeamProject(folder);
    project.write('datasets/numbers/notes.log', 'data sets may be made of logs');
    for (const secret of ['.env', 'datasets/.env.local', '.npmrc']) project.write(secret, 'TOKEN=secret');
    project.write('registry/numbers/1.0.0/manifest.json', '{}');
    await emit(project);
    const image = buildImage(project.root);
    assert.equal(image.base, 'node:22.21.1-bookworm-slim');
    assert.equal(image.user, 'node');
    const app = join(image.root, 'app');
    assert.deepEqual([image.workingDirectory, image.environment['AILAB_DATASETS_PROJECT']], [app, app]);
    for (const file of [
      'package-lock.json',
      'ailab-datasets.config.ts',
      'datasets/numbers/builder.ts',
      'datasets/numbers/notes.log',
      'node_modules/@grpc/grpc-js/package.json',
      'node_modules/@bufbuild/protobuf/package.json',
    ]) {
      assert.ok(existsSync(join(app, file)), file);
    }
    for (const file of ['.env', 'datasets/.env.local', '.npmrc', 'registry', 'Dockerfile', 'node_modules/typescript']) {
      assert.ok(!existsSync(join(app, file)), file);
    }
    assert.deepEqual(image.program, [
      join(app, 'node_modules/ailab-datasets/dist/src/engines/beam/worker/worker-main.js'),
    ]);
    assert.ok(existsSync(image.program[0] ?? ''), 'there is no such program');
  });

  it('has the command line on its path, for schedulers', async () => {
    const project = makeTeamProject(folder);
    await emit(project);
    const { workingDirectory, environment } = buildImage(project.root);
    const options = { cwd: workingDirectory, env: { ...environment, HOME: folder }, encoding: 'utf8' } as const;
    const { datasets } = JSON.parse(execFileSync('ailab-datasets', ['list', '--json'], options)) as {
      readonly datasets: readonly { readonly name: string }[];
    };
    assert.ok(datasets.some(({ name }) => name === 'numbers'));
  });

  it('installs packages before it copies what changes every day', async () => {
    const project = makeTeamProject(folder);
    await emit(project);
    const steps = parseDockerfile(project.read('Dockerfile')).map(({ name, text }) => `${name} ${text}`);
    assert.deepEqual(steps.slice(2, 6), [
      'COPY ["package.json","./"]',
      'COPY ["package-lock.json","./"]',
      "RUN GIT_SSH_COMMAND='ssh -o StrictHostKeyChecking=accept-new' npm ci --omit=dev --no-audit --no-fund",
      'COPY . ./',
    ]);
  });

  it('copies all of a project first that has a script for its installation', async () => {
    const project = makeTeamProject(folder);
    project.write('package.json', JSON.stringify({ type: 'module', scripts: { postinstall: 'node generate.js' } }));
    await emit(project);
    const names = parseDockerfile(project.read('Dockerfile')).map(({ name }) => name);
    assert.deepEqual(names.slice(0, 5), ['FROM', 'WORKDIR', 'COPY', 'RUN', 'FROM']);
  });

  it('hands tokens and keys in for the installation alone', async () => {
    const project = makeTeamProject(folder);
    project.write('.npmrc', '//npm.example.com/:_authToken=secret');
    const { buildFlags } = await emit(project);
    assert.deepEqual(buildFlags, ['--secret', 'id=npmrc,src=.npmrc', '--ssh', 'default']);
    const install = parseDockerfile(project.read('Dockerfile')).find(({ name }) => name === 'RUN');
    assert.deepEqual(install?.flags, [
      ['mount', 'type=secret,id=npmrc,target=/app/.npmrc,required=true'],
      ['mount', 'type=ssh'],
    ]);
    assert.match(project.read('cloudbuild.yaml'), /docker build --secret id=npmrc,src=\.npmrc --ssh default --tag/);
    assert.match(project.read('cloudbuild.yaml'), /ssh-add/);
  });

  it('asks for no key where nothing comes by SSH', async () => {
    const project = makeTeamProject(folder, { ...usualPackages, 'node_modules/ailab-datasets': { version: '0.1.0' } });
    const { buildFlags } = await emit(project);
    assert.deepEqual(buildFlags, []);
    assert.doesNotMatch(project.read('cloudbuild.yaml') + project.read('Dockerfile'), /ssh/i);
  });

  it('writes the same again, over files that were changed only with --force', async () => {
    const project = makeTeamProject(folder);
    await emit(project);
    const texts = () => ['Dockerfile', '.dockerignore', 'cloudbuild.yaml'].map((name) => project.read(name));
    const written = texts();
    const again = await emit(project);
    assert.deepEqual(
      again.files.map(({ state }) => state),
      ['unchanged', 'unchanged', 'unchanged'],
    );
    project.write('Dockerfile', 'FROM ours\n');
    rmSync(join(project.root, 'cloudbuild.yaml'));
    await assert.rejects(emit(project), {
      code: 'USAGE',
      message: `${join(project.root, 'Dockerfile')} is there already, and not as this would write it`,
    });
    assert.equal(project.read('Dockerfile'), 'FROM ours\n');
    assert.ok(!existsSync(join(project.root, 'cloudbuild.yaml')), 'a part was written');
    const forced = await emit(project, { force: true });
    assert.deepEqual(
      forced.files.map(({ state }) => state),
      ['replaced', 'unchanged', 'created'],
    );
    assert.deepEqual(texts(), written);
  });

  it('writes into a folder of the project beside other Dockerfiles, with a .dockerignore of its own', async () => {
    const project = makeTeamProject(folder);
    project.write('Dockerfile', 'FROM ours\n');
    const { buildFlags } = await emit(project, { directory: join(project.root, 'deploy', 'workers') });
    assert.deepEqual(buildFlags, ['--file', 'deploy/workers/Dockerfile', '--ssh', 'default']);
    const image = buildImage(project.root, join(project.root, 'deploy', 'workers', 'Dockerfile'));
    assert.ok(existsSync(join(image.root, 'app', 'datasets', 'numbers', 'builder.ts')));
    assert.ok(!existsSync(join(image.root, 'app', 'registry')));
    await assert.rejects(emit(project, { directory: folder }), { code: 'USAGE', message: /outside of the project/ });
  });

  it('finds this package in a project of workspaces', async () => {
    const project = makeTeamProject(folder, {
      ...usualPackages,
      'packages/vision': {},
      'node_modules/vision': { resolved: 'packages/vision', link: true },
      'packages/vision/node_modules/ailab-datasets': { version: '0.0.9' },
    });
    project.write('packages/vision/ailab-datasets.config.json', '{}');
    const config = await loadConfig({ cwd: join(project.root, 'packages', 'vision'), env: {} });
    await emitContainer(config, {});
    const dockerfile = project.read('Dockerfile');
    assert.match(dockerfile, /ENTRYPOINT \["node", "\/app\/packages\/vision\/node_modules\/ailab-datasets\/dist\//);
    // A workspace may have scripts for its installation.
    assert.match(dockerfile, /WORKDIR \/app\nCOPY \. \.\/\n/);
  });

  for (const { given, packages, message, hint } of [
    {
      given: 'gRPC is only a development dependency',
      packages: { ...usualPackages, 'node_modules/@grpc/grpc-js': { dev: true } },
      message: /^workers need @grpc\/grpc-js, /,
      hint: 'Run: npm install --save-prod @grpc/grpc-js',
    },
    {
      given: 'this package is only a development dependency',
      packages: { ...usualPackages, 'node_modules/ailab-datasets': { dev: true } },
      message: /^ailab-datasets is a development dependency of this project/,
      hint: 'Run: npm install --save-prod <git URL of ailab-datasets>',
    },
    {
      given: 'a package lies outside of the project',
      packages: { ...usualPackages, 'node_modules/ours': { resolved: '../ours', link: true } },
      message: /^node_modules\/ours is installed from \.\.\/ours, which is outside of the project$/,
      hint: /put the package into it/,
    },
  ]) {
    it(`refuses, and writes nothing, where ${given}`, async () => {
      const project = makeTeamProject(folder, usualPackages);
      project.write('package-lock.json', JSON.stringify({ lockfileVersion: 3, packages }));
      await assert.rejects(emit(project), { code: 'UNSUPPORTED', message, hint });
      assert.ok(!existsSync(join(project.root, 'Dockerfile')));
    });
  }

  it('refuses a project without a lock file, and a version of Node that is none', async () => {
    const project = makeTeamProject(folder);
    await assert.rejects(emit(project, { nodeVersion: '22' }), { code: 'USAGE', message: /"22" is no full version/ });
    rmSync(join(project.root, 'package-lock.json'));
    await assert.rejects(emit(project), { code: 'UNSUPPORTED', hint: 'Run: npm install --package-lock-only' });
  });

  it('says which optional packages the image will not have', async () => {
    const project = makeTeamProject(folder, { ...usualPackages, 'node_modules/sharp': { version: '0.35.5' } });
    const { notes } = await emit(project);
    assert.deepEqual(
      notes.map((note) => /^The image has no ([^:]+): /.exec(note)?.[1]),
      ['@google-cloud/storage', '@google-cloud/bigquery-storage', '@duckdb/node-api'],
    );
  });

  it('names no host but those of public images', async () => {
    const project = makeTeamProject(folder);
    await emit(project);
    const text = ['Dockerfile', '.dockerignore', 'cloudbuild.yaml'].map((name) =>
      readFileSync(join(project.root, name), 'utf8'),
    );
    const hosts = text.join('\n').match(/[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|io|dev|net|org)\b/g) ?? [];
    assert.deepEqual([...new Set(hosts)].sort(), ['-docker.pkg.dev', 'gcr.io']);
  });
});
