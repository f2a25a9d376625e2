import assert from 'node:assert/strict';
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

interface Builds {
  readonly builds: readonly {
    readonly buildId: string;
    readonly reference: string;
    readonly state: string;
    readonly process?: { readonly host: string };
  }[];
}

describe('builds', function () {
  this.timeout(60_000);
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

  it('says how it is called when it is called wrongly', async () => {
    for (const argv of [['remove'], ['remove', '--dead', 'x'], ['list', 'x']]) {
      const { code, stderr } = await project.run(['builds', ...argv]);
      assert.equal(code, 2);
      assert.match(stderr, /hint: ailab-datasets builds list/);
    }
    const unknown = await project.run(['builds', 'remove', 'nothing']);
    assert.equal(unknown.code, 3);
    assert.match(unknown.stderr, /error\[BUILD_UNKNOWN\]/);
  });
});
