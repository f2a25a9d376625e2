import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { JobService, JobState_Enum as State } from '../../src/engines/beam/protos/job_management/v1/beam_job_api_pb.js';
import { connect, unary } from '../../src/engines/beam/rpc/channel.js';
import { buildRunners } from '../beam/index.js';
import { processEnd } from '../engines/beam/job/process-end.js';
import { type CliOutcome, TemporaryProject } from './run-cli.js';

/** A builder of numbers, whose functions do what the test needs. */
function builderOf(name: string, body: string): string {
  return `
import { writeFileSync } from 'node:fs';
import { DatasetBuilder, features, type Pipeline, scalar } from 'ailab-datasets';

const schema = features({ value: scalar('int32') });
const place = new URL('./worker-pid', import.meta.url);

function* forEver() {
  writeFileSync(place, String(process.pid));
  console.log('the worker waits');
  for (let i = 0; ; i++) yield i;
}

export class Numbers extends DatasetBuilder<typeof schema> {
  static override readonly datasetName = '${name}';
  static override readonly versions = { '1.0.0': 'First.' };
  override info() {
    return { description: 'Numbers.', features: schema };
  }
  override splits(pipeline: Pipeline) {
    ${body}
  }
}
`;
}

const grouped = `
const numbers = pipeline.create(Array.from({ length: 500 }, (_, i) => i));
const tens = numbers.keyBy((i) => i % 50).groupByKey().mapValues((group) => ({ value: [...group].length }));
return { train: tens };
`;
const mistaken = `
const divide = (value: number): number => {
  if (value === 3) throw new RangeError('three is too much');
  return value;
};
return { train: pipeline.create([1, 2, 3]).keyBy((value) => value).mapValues((value) => ({ value: divide(value) })) };
`;
const endless = `
return { train: pipeline.generate(function* () { for (const i of forEver()) yield [i, { value: 0 }] as const; }) };
`;
const deadly = `
return { train: pipeline.generate(function* () { process.kill(process.pid, 'SIGKILL'); for (const i of forEver()) yield [i, { value: 0 }] as const; }) };
`;

const files: Readonly<Record<string, string>> = {
  'ailab-datasets.config.json': '{"datasets": ["datasets"]}',
  'package.json': '{"type": "module"}',
  'datasets/grouped/builder.ts': builderOf('grouped', grouped),
  'datasets/mistaken/builder.ts': builderOf('mistaken', mistaken),
  'datasets/endless/builder.ts': builderOf('endless', endless),
  'datasets/deadly/builder.ts': builderOf('deadly', deadly),
};

describe('build --runner beam', () => {
  let project: TemporaryProject;
  before(async () => {
    project = await TemporaryProject.create(files);
  });
  after(() => project.remove());

  for (const { name, start } of buildRunners) {
    describe(`on ${name}`, () => {
      it('publishes the bytes of a build on this machine, and shows how the job goes on', async function () {
        const { endpoint } = await start(this);
        const argv = ['build', 'grouped', '--workers', '1'];
        const local = `${name} compared`;
        const here = succeeded(await project.run([...argv, '--registry', local]));
        const there = succeeded(
          await project.run([...argv, '--registry', name, '--runner', 'beam', '--job-endpoint', endpoint]),
        );
        assert.deepEqual(await digests(project.path(name)), await digests(project.path(local)));
        assert.match(there.stderr, new RegExp(`^job \\S+ on beam at ${endpoint}$`, 'm'));
        assert.match(there.stderr, /^the job is running$/m);
        for (const { stderr } of [here, there]) assert.match(stderr, /^shards: done, 50 rows in /m);
      });

      it("ends with the author's own error, its code and its place", async function () {
        const { endpoint } = await start(this);
        const argv = ['build', 'mistaken', '--registry', 'mistakes', '--runner', 'beam', '--job-endpoint', endpoint];
        const { code, stdout } = await project.run([...argv, '--json', '--verbose']);
        assert.equal(code, 1);
        const { error } = JSON.parse(stdout) as { readonly error: { readonly code: string } };
        assert.equal(error.code, 'USER_CODE');
        assert.match(JSON.stringify(error), /three is too much.*mistaken\/builder\.ts/s);
        assert.deepEqual(await published(project.path('mistakes')), []);
      });

      it('cancels the job at Ctrl-C, ends its workers and publishes nothing', async function () {
        const { endpoint } = await start(this);
        const argv = ['build', 'endless', '--registry', 'cancelled', '--runner', 'beam', '--job-endpoint', endpoint];
        const { code, stderr } = await project.interrupt([...argv, '--verbose'], /the worker waits/, 'SIGINT');
        assert.equal(code, 130, stderr);
        const id = /^job (\S+) on beam/m.exec(stderr)?.[1] ?? '';
        // Python's says that it is cancelled and runs on, until it has no workers any more.
        assert.match((await stateOf(endpoint, id)) ?? '', /^(?:CANCELLED|FAILED)$/, stderr);
        const worker = Number(await readFile(project.path('datasets', 'endless', 'worker-pid'), 'utf8'));
        await processEnd(worker);
        assert.deepEqual(await published(project.path('cancelled')), []);
      });

      it('ends when a worker dies, and does not wait for ever', async function () {
        const { endpoint } = await start(this);
        const argv = ['build', 'deadly', '--registry', 'dead', '--runner', 'beam', '--job-endpoint', endpoint];
        const { code, stdout } = await project.run([...argv, '--json']);
        assert.equal(code, 1);
        const { error } = JSON.parse(stdout) as { readonly error: { readonly code: string; readonly message: string } };
        assert.equal(error.code, 'WORKER_DIED');
        assert.match(error.message, /was ended by SIGKILL/);
      });
    });
  }

  it('refuses settings that do not go together before it looks at any data set', async () => {
    const refuses = async (flags: readonly string[], message: RegExp): Promise<void> => {
      const { code, stderr } = await project.run(['build', '--all', ...flags]);
      assert.equal(code, 2, stderr);
      assert.match(stderr, message);
      assert.match(stderr, /^hint: /m);
      assert.equal(stderr.match(/error\[/g)?.length, 1, stderr);
    };
    await refuses(['--runner', 'beam'], /needs the address of its job service/);
    await refuses(['--job-endpoint', 'localhost:8073'], /--job-endpoint means nothing to the runner threads/);
    await refuses(
      ['--runner', 'beam', '--job-endpoint', 'flink:8099'],
      /the runner at flink:8099 can't have its workers on this machine/,
    );
    await refuses(
      ['--runner', 'beam', '--job-endpoint', 'flink:8099', '--environment', 'docker:lab/worker:7'],
      /need a work location/,
    );
    await refuses(['--runner', 'beam', '--pipeline-option', 'parallelism'], /It must be NAME=VALUE/);
  });
});

function succeeded(outcome: CliOutcome): CliOutcome {
  assert.equal(outcome.code, 0, outcome.stderr);
  return outcome;
}

/** Of all files of versions but the manifests, which name the engine. */
async function digests(registry: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of await published(registry)) {
    if (name.endsWith('manifest.json')) continue;
    found[name] = createHash('sha256')
      .update(await readFile(join(registry, name)))
      .digest('hex');
  }
  return found;
}

async function published(registry: string): Promise<string[]> {
  const entries = await readdir(registry, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return paths
    .map((path) => path.slice(registry.length + 1))
    .filter((name) => !name.startsWith('.'))
    .sort();
}

async function stateOf(endpoint: string, jobId: string): Promise<string | undefined> {
  const client = connect(endpoint);
  try {
    return State[(await unary(client, JobService.method.getState, { jobId })).state];
  } finally {
    client.close();
  }
}
