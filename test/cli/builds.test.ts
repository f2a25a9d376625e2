import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { TemporaryProject } from './run-cli.js';

/** A data set that goes on when a file appears. */
const gated = `
import { existsSync } from 'node:fs';
import { DatasetBuilder, features, type Pipeline, scalar } from 'ailab-datasets';

const schema = features({ value: scalar('int32') });

export class Gated extends DatasetBuilder<typeof schema> {
  static override readonly datasetName = 'gated';
  static override readonly versions = { '1.0.0': 'First.' };
  override info() {
    return { description: 'Waits.', features: schema };
  }
  override splits(pipeline: Pipeline) {
    return {
      train: pipeline.generate(async function* () {
        while (!existsSync(new URL('./gate', import.meta.url))) await new Promise((resolve) => setTimeout(resolve, 50));
        yield [1, { value: 1 }] as const;
      }),
    };
  }
}
`;

const plain = `
import { csv, DatasetBuilder, features, type Pipeline, scalar } from 'ailab-datasets';

const schema = features({ value: scalar('int32') });

export class Plain extends DatasetBuilder<typeof schema> {
  static override readonly datasetName = 'plain';
  static override readonly versions = { '1.0.0': 'First.' };
  override info() {
    return { description: 'Two columns.', features: schema };
  }
  override splits(pipeline: Pipeline) {
    const rows = pipeline.read(csv('./rows.csv', { types: { value: 'int32' } }));
    return { train: rows.keyBy((row) => row.key as string).mapValues((row) => ({ value: row.value as number })) };
  }
}
`;

interface Builds {
  readonly builds: readonly {
    readonly buildId: string;
    readonly reference: string;
    readonly state: string;
    readonly process?: { readonly host: string };
  }[];
}

describe('builds', () => {
  let project: TemporaryProject;
  before(async () => {
    project = await TemporaryProject.create({
      'package.json': '{"type": "module"}',
      'ailab-datasets.config.json': '{"datasets": ["datasets"]}',
      'datasets/gated/builder.ts': gated,
    });
  });
  after(() => project.remove());

  const builds = async () => ((await project.json(['builds', 'list'])) as Builds).builds;
  const running = async () => {
    for (;;) {
      const [build] = await builds();
      if (build !== undefined) return build;
      await sleep(100);
    }
  };

  it('removes what a build left that was killed', async () => {
    const registry = ['--registry', project.path('killed')];
    await project.interrupt(['build', 'gated', ...registry], /^generate#0: 1 task/m, 'SIGKILL');
    // Nor half a report.
    assert.match(
      (await project.run(['builds', 'list', '--ended', ...registry])).stdout,
      /^No build has ended here yet/,
    );
    assert.equal(existsSync(project.path('killed', '.builds')), false);
    const { builds: left } = (await project.json(['builds', 'list', ...registry])) as Builds;
    assert.deepEqual(
      left.map(({ reference, state }) => [reference, state]),
      [['gated:1.0.0', 'dead']],
    );
    const removed = await project.run(['builds', 'remove', '--dead', ...registry]);
    assert.equal(removed.stdout, `removed ${left[0]?.buildId}\n`);
    assert.deepEqual(await project.json(['builds', 'remove', '--dead', ...registry]), { removed: [] });
  });

  it('lists what runs; a second build of the version waits for it and finds it published', async () => {
    assert.match((await project.run(['builds', 'list'])).stdout, /^No build runs, and none was left\.$/m);
    const first = project.run(['build', 'gated']);
    const build = await running();
    const shown = await project.run(['builds', 'show', 'gated:1.0.0']);
    assert.match(shown.stdout, new RegExp(`^${build.buildId} running\n`));
    assert.deepEqual([build.reference, build.state, build.process?.host], ['gated:1.0.0', 'running', hostname()]);
    const listed = await project.run(['builds', 'list']);
    assert.match(listed.stdout, new RegExp(`^${build.buildId} +running +`, 'm'));
    const refused = await project.run(['builds', 'remove', build.buildId]);
    assert.equal(refused.code, 4);
    assert.match(refused.stderr, /error\[BUILD_RUNNING\]/);

    const second = project.interrupt(['build', 'gated'], /^waiting for .*, pid \d+, started .*$/m, () =>
      project.write('datasets/gated/gate', ''),
    );
    const [one, other] = await Promise.all([first, second]);
    assert.deepEqual([one.code, other.code], [0, 0], one.stderr + other.stderr);
    assert.match(other.stderr, /waiting for .*, which builds the same version/);
    assert.match(other.stdout, /was published before; nothing to do/);
    assert.deepEqual(await builds(), []);
  });

  it('lists those that have ended, and shows all that is known of one', async () => {
    await project.write('datasets/plain/rows.csv', 'key,value\na,1\na,2\n');
    await project.write('datasets/plain/builder.ts', plain);
    const registry = ['--registry', project.path('ended')];
    assert.match(
      (await project.run(['builds', 'list', '--ended', ...registry])).stdout,
      /^No build has ended here yet/,
    );
    const argv = ['build', 'plain', '--runner', 'inline', ...registry];
    const failed = await project.run(argv);
    const [, id = ''] = /builds show (\S+)/.exec(failed.stderr) ?? [];
    const shown = await project.run(['builds', 'show', id, ...registry]);
    assert.match(shown.stdout, /^plain:1\.0\.0 failed in /);
    assert.match(shown.stdout, /^KEY_DUPLICATE: /m);
    assert.match(shown.stdout, /^runner +inline \(flag\)$/m);
    assert.match(shown.stdout, new RegExp(`^Node +${process.versions.node.replaceAll('.', '\\.')}, ICU `, 'm'));
    assert.match(shown.stdout, /^\S+Z building plain:1\.0\.0$/m);
    await project.write('datasets/plain/rows.csv', 'key,value\na,1\n');
    const { builds: built } = (await project.json(argv)) as { builds: readonly { report: string }[] };
    const made = built[0]?.report ?? '';
    const { report } = (await project.json(['builds', 'show', 'plain:1.0.0', ...registry])) as {
      report: { id: string; outcome: string };
    };
    assert.deepEqual([report.id, report.outcome], [made, 'published']);
    const listed = await project.run(['builds', 'list', '--ended', 'plain', ...registry]);
    const rows = listed.stdout.trimEnd().split('\n').slice(1);
    assert.deepEqual(
      rows.map((row) => row.split(/ {2,}/).slice(0, 3)),
      [
        [made, 'plain:1.0.0', 'published'],
        [id, 'plain:1.0.0', 'failed'],
      ],
    );
    const newest = (await project.json(['builds', 'list', '--ended', '--limit', '1', ...registry])) as {
      reports: readonly { id: string }[];
    };
    assert.deepEqual(
      newest.reports.map((one) => one.id),
      [made],
    );
    const unknown = await project.run(['builds', 'show', 'plain:2.0.0', ...registry]);
    assert.equal(unknown.code, 3);
    assert.match(unknown.stderr, /error\[BUILD_UNKNOWN\]/);
  });

  it('says how it is called when it is called wrongly', async () => {
    for (const argv of [['remove'], ['remove', '--dead', 'x'], ['list', 'x'], ['show'], ['show', 'x', 'y']]) {
      const { code, stderr } = await project.run(['builds', ...argv]);
      assert.equal(code, 2);
      assert.match(stderr, /hint: ailab-datasets builds list/);
    }
    const unknown = await project.run(['builds', 'remove', 'nothing']);
    assert.equal(unknown.code, 3);
    assert.match(unknown.stderr, /error\[BUILD_UNKNOWN\]/);
  });
});
