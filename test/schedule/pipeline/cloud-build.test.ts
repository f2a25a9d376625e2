import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { loadConfig } from '../../../src/core/config/index.js';
import { emitPipeline } from '../../../src/schedule/index.js';
import { TemporaryProject } from '../../cli/run-cli.js';
import { usualPackages } from '../../container/team-project.js';
import { requireOracle } from '../../oracle/index.js';
import { schemaProblems } from '../engines.js';

interface CloudBuildStep {
  readonly id: string;
  readonly script: string;
  readonly env?: readonly string[];
  readonly secretEnv?: readonly string[];
}

describe('the merge pipeline for Cloud Build', () => {
  let project: TemporaryProject;
  let github: FakeGithub;
  before(async () => {
    github = await FakeGithub.start();
    project = await TemporaryProject.create({
      'package.json': JSON.stringify({ name: 'team', version: '1.4.0', type: 'module' }),
      'package-lock.json': JSON.stringify({ lockfileVersion: 3, packages: { '': {}, ...usualPackages } }),
      'ailab-datasets.config.json': JSON.stringify({ registries: { dev: 'gs://data/dev', prod: 'gs://data/prod' } }),
      'plan.md': '<!-- ailab-datasets ci plan -->\nThe plan.\n',
      'scripts/package.json': '{}',
    });
    await emitPipeline(await loadConfig({ cwd: project.directory, env: {} }), {
      target: 'cloud-build',
      image: 'europe-docker.pkg.dev/our-project/datasets/worker',
      secrets: ['USER_KEY'],
      serviceAccount: 'publisher@our-project.iam.gserviceaccount.com',
      readerAccount: 'reader@our-project.iam.gserviceaccount.com',
    });
  });
  after(async () => {
    await github.stop();
    await project.remove();
  });

  async function stepsOf(name: string): Promise<readonly CloudBuildStep[]> {
    const text = await readFile(project.path('deploy/cloud-build', `${name}.yaml`), 'utf8');
    return (parse(text) as { readonly steps: readonly CloudBuildStep[] }).steps;
  }

  /** Runs the program of a step as Cloud Build does: from a file, in the checkout, with what its environment says. */
  async function runProgram(
    file: string,
    id: string,
    substitutions: Readonly<Record<string, string>>,
  ): Promise<string> {
    const step = (await stepsOf(file)).find((each) => each.id === id);
    assert.ok(step !== undefined);
    assert.deepEqual(step.secretEnv, ['GITHUB_TOKEN']);
    const env = (step.env ?? []).map((entry): [string, string] => {
      const [, name = '', value = ''] = /^(\w+)=\$\{(\w+)\}$/.exec(entry) ?? [];
      return [name, substitutions[value] ?? assert.fail(`${value} is not known`)];
    });
    const script = await project.write(`scripts/${id}`, step.script);
    const { stdout } = await promisify(execFile)(process.execPath, [script], {
      cwd: project.directory,
      env: { ...Object.fromEntries(env), GITHUB_TOKEN: 'a token', GITHUB_API: github.url },
    });
    return stdout;
  }

  it('is what the schema of Cloud Build takes', async function () {
    const oracle = requireOracle(this);
    for (const name of ['pull-request', 'develop', 'main']) {
      assert.equal(
        await schemaProblems(oracle, 'vendor.cloudbuild', project.path('deploy/cloud-build', `${name}.yaml`)),
        '',
      );
    }
  });

  it('comments a pull request, and writes over its own comment', async () => {
    const substitutions = { _PR_NUMBER: '7', REPO_FULL_NAME: 'team/data' };
    github.comments.push({ id: 1, body: 'Looks good.' });
    await runProgram('pull-request', 'comment', substitutions);
    await project.write('plan.md', '<!-- ailab-datasets ci plan -->\nAnother plan.\n');
    await runProgram('pull-request', 'comment', substitutions);
    assert.deepEqual(github.comments, [
      { id: 1, body: 'Looks good.' },
      { id: 2, body: '<!-- ailab-datasets ci plan -->\nAnother plan.\n' },
    ]);
  });

  it('tags a version once, and never moves it', async () => {
    const tag = (sha: string) => runProgram('main', 'tag', { COMMIT_SHA: sha, REPO_FULL_NAME: 'team/data' });
    assert.equal(await tag('aaa'), 'released v1.4.0\n');
    assert.equal(await readFile(project.path('released.txt'), 'utf8'), 'v1.4.0');
    assert.match(await tag('bbb'), /^v1\.4\.0 was released before, from aaa: raise the version in package\.json/);
    assert.equal(await readFile(project.path('released.txt'), 'utf8'), '', 'its image gets no name');
    assert.deepEqual([...github.tags], [['v1.4.0', 'aaa']]);
  });

  it('publishes after names are pinned, as another account than that of pull requests', async () => {
    const publish = (await stepsOf('main')).find(({ id }) => id === 'publish');
    const lines = publish?.script.split('\n').filter((line) => line.includes('ailab-datasets')) ?? [];
    assert.deepEqual(lines, [
      "npx --no-install ailab-datasets ci pin --registry prod --reason 'before a release'",
      'npx --no-install ailab-datasets rebuild --all --registry prod',
    ]);
    const accounts = await Promise.all(
      ['pull-request', 'main'].map(async (name) => {
        const text = await readFile(project.path('deploy/cloud-build', `${name}.yaml`), 'utf8');
        return /^serviceAccount: .*\/(.*)@/m.exec(text)?.[1];
      }),
    );
    assert.deepEqual(accounts, ['reader', 'publisher']);
  });
});

/** What of GitHub's REST API the programs need, strict. */
class FakeGithub {
  readonly comments: { readonly id: number; body: string }[] = [];
  readonly tags = new Map<string, string>();
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<FakeGithub> {
    const server = createServer();
    const github = new FakeGithub(server);
    server.on('request', async (request, response) => {
      let text = '';
      for await (const chunk of request.setEncoding('utf8')) text += chunk;
      const isAllowed = request.headers.authorization === 'Bearer a token';
      const answer = isAllowed ? github.#answer(`${request.method} ${request.url}`, text) : undefined;
      response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer ?? {}));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return github;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #answer(call: string, text: string): unknown {
    const body = text === '' ? {} : (JSON.parse(text) as Readonly<Record<string, string>>);
    const repository = '/repos/team/data';
    if (call === `GET ${repository}/issues/7/comments?per_page=100&page=1`) return this.comments;
    if (call === `POST ${repository}/issues/7/comments`) {
      return this.comments.push({ id: this.comments.length + 1, body: body['body'] ?? '' });
    }
    const patched = /^PATCH \/repos\/team\/data\/issues\/comments\/(\d+)$/.exec(call)?.[1];
    const comment = this.comments.find(({ id }) => String(id) === patched);
    if (comment !== undefined) {
      comment.body = body['body'] ?? '';
      return comment;
    }
    if (call === `GET ${repository}/git/ref/tags/v1.4.0`) {
      const sha = this.tags.get('v1.4.0');
      return sha === undefined ? undefined : { object: { sha } };
    }
    const tag = call === `POST ${repository}/git/refs` ? /^refs\/tags\/(.+)$/.exec(body['ref'] ?? '')?.[1] : undefined;
    if (tag === undefined || this.tags.has(tag)) return undefined;
    this.tags.set(tag, body['sha'] ?? '');
    return {};
  }
}
