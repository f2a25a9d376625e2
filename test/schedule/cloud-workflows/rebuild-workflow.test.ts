import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { Cron } from 'croner';
import { parse } from 'yaml';
import { loadConfig } from '../../../src/core/config/index.js';
import { emitSchedule } from '../../../src/schedule/index.js';
import type { TemporaryProject } from '../../cli/run-cli.js';
import { scheduledBuilder, scheduledProject } from '../scheduled-project.js';
import type { Value } from './expression.js';
import { FakeVertex, type JobState } from './fake-vertex.js';
import { Interpreter, Raised } from './interpreter.js';

const nightly = "static schedule = { cron: '0 3 * * *', timezone: 'Asia/Tokyo' }; static timeout = '2 hours';";

describe('a schedule on Cloud Workflows', () => {
  let project: TemporaryProject;
  let workflow: Value;
  let argument: Value;
  let deployed: readonly (readonly string[])[];
  before(async () => {
    project = await scheduledProject({ clicks: nightly, totals: nightly, users: nightly });
    const totals = scheduledBuilder('totals', nightly)
      .replace('import { ', 'import { published, ')
      .replace(/splits\(p\) .*/, "splits(p) { return { train: p.read(published('clicks')).keyBy((row) => row.id) }; }");
    await project.write('datasets/totals/builder.js', totals);
    const config = await loadConfig({ cwd: project.directory, env: {}, flags: { registry: 'prod' } });
    await emitSchedule(config, {
      target: 'cloud-workflows',
      registry: 'prod',
      image: 'europe-docker.pkg.dev/our-project/datasets/worker:4f1c',
      googleProject: 'our-project',
      region: 'europe-west4',
      serviceAccount: 'datasets@our-project.iam.gserviceaccount.com',
    });
    workflow = parse(await readFile(project.path('deploy/cloud-workflows/rebuild.workflow.yaml'), 'utf8')) as Value;
    deployed = await deploy();
    const create = deployed.find((args) => args.includes('create')) ?? [];
    const body = JSON.parse(flagOf(create, '--message-body')) as { readonly argument: string };
    argument = JSON.parse(body.argument) as Value;
  });
  after(() => project.remove());

  /** What deploy.sh tells gcloud, where no job of Cloud Scheduler is there yet. */
  async function deploy(): Promise<readonly (readonly string[])[]> {
    const log = project.path('gcloud.log');
    const gcloud = `#!/bin/sh\nprintf '%s\\0' "$@" >> '${log}'; printf '\\n' >> '${log}'\n[ "$3" != describe ]\n`;
    await chmod(await project.write('programs/gcloud', gcloud), 0o755);
    const env = { PATH: `${project.path('programs')}:${process.env['PATH']}` };
    await promisify(execFile)('bash', [project.path('deploy/cloud-workflows/deploy.sh')], { env });
    const lines = (await readFile(log, 'utf8')).trimEnd().split('\n');
    return lines.map((line) => line.split('\0').slice(0, -1));
  }

  function flagOf(args: readonly string[], flag: string): string {
    return args[args.indexOf(flag) + 1] ?? assert.fail(`${flag} is missing in ${args.join(' ')}`);
  }

  function start(becomes: (name: string, seconds: number) => JobState, from: Value = argument) {
    const vertex = new FakeVertex(becomes);
    const run = () => new Interpreter(workflow, vertex).run(from);
    return { vertex, run };
  }

  const afterMinutes =
    (minutes: number, state: JobState): ((name: string, seconds: number) => JobState) =>
    (_, seconds) =>
      seconds < minutes * 60 ? 'RUNNING' : state;

  it('is deployed with a job of Cloud Scheduler that starts it at the time of the builders', () => {
    const [first, , create] = deployed;
    assert.deepEqual(first?.slice(0, 4), ['workflows', 'deploy', 'ailab-datasets-rebuild', '--project']);
    assert.deepEqual(create?.slice(0, 5), ['scheduler', 'jobs', 'create', 'http', 'rebuild-daily-0300-asia-tokyo']);
    const timezone = flagOf(create, '--time-zone');
    const due = new Cron(flagOf(create, '--schedule'), { timezone }).nextRun(new Date('2026-11-21T00:00:00Z'));
    assert.equal(due?.toISOString(), '2026-11-21T18:00:00.000Z');
    assert.match(flagOf(create, '--uri'), /\/workflows\/ailab-datasets-rebuild\/executions$/);
  });

  it('runs side by side what has no lineage in common, and ends when all has', async () => {
    const { vertex, run } = start(afterMinutes(30, 'SUCCEEDED'));
    assert.equal(await run(), 'rebuilt');
    assert.deepEqual(
      vertex.jobs.map(({ args, labels }) => [args, labels['execution']]),
      [
        [['rebuild', 'clicks', 'totals', '--registry', 'prod', '--log-format', 'gcp'], 'execution-1'],
        [['rebuild', 'users', '--registry', 'prod', '--log-format', 'gcp'], 'execution-1'],
      ],
    );
    const [first, second] = vertex.jobs;
    assert.equal(first?.createdAt, second?.createdAt);
  });

  it('asks again where Vertex AI is busy', async () => {
    const { vertex, run } = start(afterMinutes(5, 'SUCCEEDED'));
    vertex.faults.push(
      { on: 'POST', code: 503 },
      { on: 'POST', code: 429 },
      { on: 'GET', code: 502 },
      { on: 'GET', code: 503 },
    );
    assert.equal(await run(), 'rebuilt');
    assert.deepEqual([vertex.jobs.length, vertex.faults.length], [2, 0]);
  });

  it('makes no second job where it can’t know whether the first was made', async () => {
    const { vertex, run } = start(afterMinutes(5, 'SUCCEEDED'));
    vertex.faults.push({ on: 'POST', code: 502 });
    await assert.rejects(run(), failedWith(['rebuild-daily-0300-asia-tokyo-1']));
    assert.equal(vertex.jobs.length, 1);
  });

  it('lets the others go on where one fails, and fails in the end', async () => {
    const { vertex, run } = start((name, seconds) =>
      name.endsWith('-1') ? afterMinutes(2, 'FAILED')(name, seconds) : afterMinutes(50, 'SUCCEEDED')(name, seconds),
    );
    await assert.rejects(run(), failedWith(['rebuild-daily-0300-asia-tokyo-1']));
    assert.deepEqual(
      vertex.jobs.map((job) => vertex.stateOf(job)),
      ['FAILED', 'SUCCEEDED'],
    );
    assert.ok(vertex.now() >= (vertex.jobs[1]?.createdAt ?? 0) + 50 * 60);
  });

  it('cancels a job that is late', async () => {
    const { vertex, run } = start((name, seconds) =>
      name.endsWith('-2') ? 'RUNNING' : afterMinutes(9, 'SUCCEEDED')(name, seconds),
    );
    await assert.rejects(run(), failedWith(['rebuild-daily-0300-asia-tokyo-2']));
    const [fine, late] = vertex.jobs;
    assert.deepEqual([fine && vertex.stateOf(fine), late && vertex.stateOf(late)], ['SUCCEEDED', 'CANCELLED']);
    // Three data sets of two hours each.
    const limit = 6 * 3600;
    assert.ok((late?.cancelledAt ?? 0) > (late?.createdAt ?? 0) + limit, 'not before it is late');
    assert.ok((late?.cancelledAt ?? 0) <= (late?.createdAt ?? 0) + limit + 60, 'when it is asked next');
  });

  it('cancels a job that it can’t watch any more', async () => {
    const { vertex, run } = start(afterMinutes(600, 'SUCCEEDED'));
    vertex.faults.push({ on: 'GET', code: 403 }, { on: 'GET', code: 403 });
    await assert.rejects(run(), failedWith(['rebuild-daily-0300-asia-tokyo-1', 'rebuild-daily-0300-asia-tokyo-2']));
    assert.deepEqual(
      vertex.jobs.map((job) => vertex.stateOf(job)),
      ['CANCELLED', 'CANCELLED'],
    );
  });

  it('cancels an execution with its jobs, and no other’s', async () => {
    const { vertex, run } = start((name) => (name === 'over' ? 'SUCCEEDED' : 'RUNNING'), { cancel: 'execution-7' });
    for (const [displayName, execution] of [
      ['ours', 'execution-7'],
      ['over', 'execution-7'],
      ['theirs', 'execution-8'],
    ] as const) {
      const name = `projects/our-project/locations/europe-west4/customJobs/${displayName}`;
      vertex.jobs.push({ name, displayName, labels: { execution }, args: [], createdAt: vertex.now() });
    }
    assert.equal(await run(), 'cancelled');
    assert.deepEqual(vertex.cancelledExecutions, ['execution-7']);
    assert.deepEqual(
      vertex.jobs.map((job) => vertex.stateOf(job)),
      ['CANCELLED', 'SUCCEEDED', 'RUNNING'],
    );
    const idle = start(() => 'RUNNING', { cancel: 'execution-9' });
    assert.equal(await idle.run(), 'cancelled', 'one without jobs');
  });

  for (const [what, step] of [
    ['a key of a step', { call: 'http.get', argz: {} }],
    ['a function', { assign: [{ a: `\${text.shout("a")}` }] }],
    ['an operator', { assign: [{ a: `\${1 ** 2}` }] }],
    ['a variable', { assign: [{ a: `\${nothing.there}` }] }],
    ['an expression in a text', { assign: [{ a: `a \${"b"}` }] }],
    ['a step to go to', { switch: [{ condition: `\${1 == 1}`, next: 'nowhere' }] }],
  ] as const) {
    it(`is read strictly: ${what} that isn’t known is refused`, async () => {
      const odd = { main: { params: ['args'], steps: [{ odd: step }] } } as unknown as Value;
      await assert.rejects(
        new Interpreter(odd, new FakeVertex(() => 'RUNNING')).run({}),
        (error) => !(error instanceof Raised),
      );
    });
  }
});

function failedWith(branches: readonly string[]): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof Raised, String(error));
    const { failed } = error.value as { readonly failed: readonly string[] };
    assert.deepEqual([...failed].sort(), branches);
    return true;
  };
}
