import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Cron } from 'croner';
import { loadConfig, type ResolvedConfig } from '../../../src/core/config/index.js';
import { sealText } from '../../../src/schedule/emit/sealed-text.js';
import { type EmitScheduleOptions, emitSchedule, planSchedule } from '../../../src/schedule/index.js';
import type { TemporaryProject } from '../../cli/run-cli.js';
import { type Oracle, requireOracle } from '../../oracle/index.js';
import { kubernetesProblems, schemaProblems, workflowProblems } from '../engines.js';
import { scheduledProject } from '../scheduled-project.js';

const cron: EmitScheduleOptions = { target: 'cron', projectFolder: '/srv/our data' };
const kubernetes: EmitScheduleOptions = {
  target: 'kubernetes',
  registry: 'prod',
  image: 'europe-docker.pkg.dev/our-project/datasets/worker:4f1c',
  secrets: ['USER_KEY', 'ITEM_KEY'],
  namespace: 'data',
  serviceAccount: 'datasets',
};
const github: EmitScheduleOptions = {
  target: 'github-actions',
  registry: 'prod',
  secrets: ['USER_KEY'],
  workloadIdentityProvider: 'projects/1/locations/global/workloadIdentityPools/p/providers/github',
  serviceAccount: 'datasets@our-project.iam.gserviceaccount.com',
};

describe('emitted schedules', () => {
  let project: TemporaryProject;
  before(async () => {
    project = await scheduledProject();
  });
  afterEach(async () => {
    for (const folder of ['deploy', '.github']) await rm(project.path(folder), { recursive: true, force: true });
  });
  after(() => project.remove());

  /** The configuration where `--registry` is what the options say. */
  function config({ registry }: EmitScheduleOptions): Promise<ResolvedConfig> {
    const env = { HOME: project.directory };
    return loadConfig({ cwd: project.directory, env, flags: registry === undefined ? {} : { registry } });
  }

  async function emit(options: EmitScheduleOptions, force = false): Promise<readonly string[]> {
    const { files } = await emitSchedule(await config(options), options, force);
    return files.map(({ name, state }) => `${state} ${name}`);
  }

  async function textOf(options: EmitScheduleOptions): Promise<string> {
    const { files } = await planSchedule(await config(options), options);
    return files.map(({ text }) => text).join('');
  }

  it('are written once, and the same whenever they are written again', async () => {
    assert.deepEqual(await emit(cron), ['missing rebuild.crontab']);
    const first = await readFile(project.path('deploy/cron/rebuild.crontab'));
    assert.deepEqual(await emit(cron), ['same rebuild.crontab']);
    await rm(project.path('deploy/cron/rebuild.crontab'));
    await emit(cron);
    assert.deepEqual(await readFile(project.path('deploy/cron/rebuild.crontab')), first);
  });

  it('leave alone what somebody edited, unless they are forced', async () => {
    await emit(cron);
    const file = project.path('deploy/cron/rebuild.crontab');
    const text = await readFile(file, 'utf8');
    await project.write('deploy/cron/rebuild.crontab', text.replace('27000', '99999'));
    await assert.rejects(emit(cron), { code: 'USAGE', message: /rebuild\.crontab was edited by hand, or written by/ });
    assert.deepEqual(await emit(cron, true), ['edited rebuild.crontab']);
    assert.equal(await readFile(file, 'utf8'), text);
  });

  it('replace what is only older, and remove what no schedule needs any more', async () => {
    const about = { about: ['An earlier release.'], command: 'ailab-datasets schedule emit --target github-actions' };
    await project.write('.github/workflows/rebuild-daily-0300-asia-tokyo.yml', sealText(about, 'on: push\n'));
    await project.write('.github/workflows/rebuild-daily-0500-utc.yml', sealText(about, 'on: push\n'));
    await project.write('.github/workflows/ours.yml', `${sealText(about, 'on: push\n')}jobs: {}\n`);
    await project.write('.github/workflows/test.yml', 'on: push\n');
    assert.deepEqual(await emit(github), [
      'older rebuild-daily-0300-asia-tokyo.yml',
      'missing rebuild-weekly-1-5-0430-europe-berlin.yml',
      'surplus rebuild-daily-0500-utc.yml',
    ]);
    assert.deepEqual((await readdir(project.path('.github/workflows'))).sort(), [
      'ours.yml',
      'rebuild-daily-0300-asia-tokyo.yml',
      'rebuild-weekly-1-5-0430-europe-berlin.yml',
      'test.yml',
    ]);
  });

  for (const [options, message, hint] of [
    [{ target: 'cron' }, /cron needs --project-folder or --image/, /\/srv\/datasets/],
    [{ target: 'kubernetes', registry: 'prod' }, /kubernetes needs --image/, /container emit/],
    [{ target: 'kubernetes', image: 'a' }, /the registry .* is a folder, and kubernetes runs on other/, /gs:\/\//],
    [{ target: 'cron', image: 'a', namespace: 'b' }, /cron has no use for --namespace/, /It takes --project-f/],
    [{ target: 'cron', projectFolder: 'here' }, /--project-folder is here/, /from \//],
    [{ target: 'cron', image: 'a', secrets: ['A=b'] }, /A=b is no name of an environment variable/, /alone/],
    [{ target: 'cron', image: 'a\nb' }, /--image has control characters/, /one line/],
  ] as const) {
    it(`refuse ${JSON.stringify(options)}`, async () => {
      await assert.rejects(textOf(options), { code: 'USAGE', message, hint });
    });
  }

  it('need a data set with a schedule', async () => {
    const none = await scheduledProject({ by_hand: '' });
    try {
      await assert.rejects(planSchedule(await loadConfig({ cwd: none.directory, env: {} }), cron), {
        code: 'USAGE',
        message: 'none of the 1 data sets of this project has a schedule',
      });
    } finally {
      await none.remove();
    }
  });

  describe('for cron', () => {
    it('start each data set at its time, in its zone, by a line that a shell understands', async () => {
      await emit(cron);
      const lines = (await readFile(project.path('deploy/cron/rebuild.crontab'), 'utf8')).split('\n');
      let zone = '';
      const started: Record<string, readonly string[]> = {};
      // Shows what it is started with; what cron runs is `sh -c`.
      const shim = await project.write('bin/npx', '#!/bin/sh\nprintf "%s\\n" "$PWD" "$@"\n');
      await chmod(shim, 0o755);
      await project.write('our data/here', '');
      for (const line of lines.filter((each) => each !== '' && !each.startsWith('#'))) {
        const setting = /^CRON_TZ=(.*)$/.exec(line);
        if (setting !== null) {
          zone = setting[1] ?? '';
          continue;
        }
        const [, times = '', command = ''] = /^((?:\S+ ){4}\S+) (.*)$/.exec(line) ?? [];
        const due = new Cron(times, { timezone: zone, mode: '5-part' }).nextRun(new Date('2026-11-21T00:00:00Z'));
        const here = command.replace('/srv/our data', project.path('our data'));
        const output = execFileSync('sh', ['-c', here], {
          env: { PATH: `${project.path('bin')}:${process.env['PATH']}` },
        });
        started[due?.toISOString() ?? ''] = output.toString().trimEnd().split('\n');
      }
      const rebuild = [project.path('our data'), '--no-install', 'ailab-datasets', 'rebuild'];
      assert.deepEqual(started, {
        // 03:00 in Tokyo; Monday 04:30 in Berlin, in winter.
        '2026-11-21T18:00:00.000Z': [...rebuild, 'clicks', 'items', '--log-format', 'text'],
        '2026-11-23T03:30:00.000Z': [...rebuild, 'reports', '--log-format', 'text'],
      });
    });

    it('end a job after the timeouts of its data sets', async () => {
      const text = await textOf(cron);
      // 6 hours, of one that says none, and 90 minutes; 2 days of one alone.
      assert.match(text, /^0 3 .* timeout --signal=TERM --kill-after=600 27000 npx/m);
      assert.match(text, /^30 4 .* timeout --signal=TERM --kill-after=600 172800 npx/m);
    });

    it('run the image where one is named, with secrets by their names alone', async () => {
      const text = await textOf({ target: 'cron', image: 'a/b:1%', secrets: ['KEY'] });
      assert.match(
        text,
        /27000 docker run --rm --init --env KEY --entrypoint ailab-datasets 'a\/b:1\\%' rebuild clicks items --log-format text$/m,
      );
    });
  });

  describe('for Kubernetes', () => {
    let oracle: Oracle;
    before(function () {
      oracle = requireOracle(this);
    });

    it('are what its API takes, and nothing beside', async () => {
      await emit(kubernetes);
      assert.equal(await kubernetesProblems(oracle, project.path('deploy/kubernetes/rebuild.yaml')), '');
    });

    it('give a pod what the builders ask for, and secrets by reference', async () => {
      await emit(kubernetes);
      const { parseAllDocuments } = await import('yaml');
      const text = await readFile(project.path('deploy/kubernetes/rebuild.yaml'), 'utf8');
      const [tokyo, berlin] = parseAllDocuments(text).map((document) => document.toJS() as CronJob);
      assert.ok(tokyo !== undefined && berlin !== undefined);
      assert.deepEqual(
        [tokyo, berlin].map(({ metadata, spec }) => [
          metadata.namespace,
          spec.schedule,
          spec.timeZone,
          spec.concurrencyPolicy,
          spec.jobTemplate.spec.activeDeadlineSeconds,
        ]),
        [
          ['data', '0 3 * * *', 'Asia/Tokyo', 'Forbid', 27000],
          ['data', '30 4 * * 1-5', 'Europe/Berlin', 'Forbid', 172800],
        ],
      );
      const { containers, serviceAccountName } = tokyo.spec.jobTemplate.spec.template.spec;
      const [container] = containers;
      assert.equal(serviceAccountName, 'datasets');
      assert.deepEqual(container?.args, ['rebuild', 'clicks', 'items', '--registry', 'prod', '--log-format', 'gcp']);
      assert.deepEqual(container.resources, {
        requests: { cpu: '4', memory: '16Gi', 'ephemeral-storage': '200Gi' },
        limits: { memory: '16Gi', 'ephemeral-storage': '200Gi' },
      });
      assert.deepEqual(
        container.env.filter(({ valueFrom }) => valueFrom !== undefined),
        ['USER_KEY', 'ITEM_KEY'].map((name) => ({
          name,
          valueFrom: { secretKeyRef: { name: 'ailab-datasets', key: name } },
        })),
      );
    });
  });

  describe('for GitHub Actions', () => {
    let oracle: Oracle;
    before(function () {
      oracle = requireOracle(this);
    });

    it('are what its schema, its parser and actionlint take', async () => {
      await emit(github);
      const names = await readdir(project.path('.github/workflows'));
      assert.equal(names.length, 2);
      for (const name of names) {
        const file = join(project.path('.github/workflows'), name);
        assert.equal(await schemaProblems(oracle, 'vendor.github-workflows', file), '');
        assert.deepEqual(await workflowProblems(file), []);
      }
    });

    it('log in without a key, may do no more than that, and use actions by their commits', async () => {
      const text = await textOf(github);
      assert.match(text, /^permissions:\n {2}contents: read\n {2}id-token: write\n[^ ]/m);
      assert.match(text, /USER_KEY: \$\{\{ secrets\.USER_KEY \}\}/);
      const used = [...text.matchAll(/uses: (.*)/g)].map(([, action]) => action);
      assert.ok(used.length > 0);
      for (const action of used) assert.match(action ?? '', /^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    });

    it('may only read the repository where they log in nowhere', async () => {
      const text = await textOf({ target: 'github-actions', registry: 'prod' });
      assert.match(text, /^permissions:\n {2}contents: read\n[^ ]/m);
      assert.doesNotMatch(text, /auth@/);
    });

    it('refuse what GitHub starts less often', async () => {
      const busy = await scheduledProject({ busy: "static schedule = { cron: '0,58 * * * *' };" });
      try {
        const flags = { registry: 'prod' };
        await assert.rejects(planSchedule(await loadConfig({ cwd: busy.directory, env: {}, flags }), github), {
          code: 'USAGE',
          message: 'busy: GitHub Actions starts nothing at 0,58 * * * *',
        });
      } finally {
        await busy.remove();
      }
    });
  });
});

interface CronJob {
  readonly metadata: { readonly namespace?: string };
  readonly spec: {
    readonly schedule: string;
    readonly timeZone: string;
    readonly concurrencyPolicy: string;
    readonly jobTemplate: {
      readonly spec: {
        readonly activeDeadlineSeconds: number;
        readonly template: {
          readonly spec: { readonly serviceAccountName?: string; readonly containers: readonly Container[] };
        };
      };
    };
  };
}

interface Container {
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly valueFrom?: unknown }[];
  readonly resources: unknown;
}
