import assert from 'node:assert/strict';
import { access, readFile } from 'node:fs/promises';
import { TemporaryProject } from './run-cli.js';

interface Part {
  readonly from?: string;
  readonly code?: string;
}

/** A data set of five numbers, or of those of another one. */
function builder(name: string, { from, code = '' }: Part = {}): string {
  const source =
    from === undefined
      ? `p.generate(async function* () { for (let id = 0n; id < 5n; id++) { ${code} yield [id, { id }]; } })`
      : `p.read(published('${from}')).map((row: any) => ({ id: row.id })).keyBy((row: any) => row.id)`;
  return `import { DatasetBuilder, features, published, scalar } from 'ailab-datasets';
void published;
export class Numbers extends DatasetBuilder<any> {
  static override readonly datasetName = '${name}';
  static override readonly versions = { '1.0.0': 'First release.' };
  override info() { return { description: 'Numbers.', features: features({ id: scalar('int64') }) }; }
  override splits(p: any): any { return { train: ${source} }; }
}
`;
}

describe('rebuild', () => {
  let project: TemporaryProject;
  beforeEach(async () => {
    project = await TemporaryProject.create({
      'package.json': '{ "type": "module" }',
      'ailab-datasets.config.json': '{"datasets": ["datasets"], "runner": "inline", "formats": ["tfrecord"]}',
    });
  });
  afterEach(() => project.remove());

  it('plans, builds in order, goes on where one fails, and says so by table, JSON and exit code', async () => {
    await project.write('datasets/users/builder.ts', builder('users'));
    await project.write('datasets/ranking/builder.ts', builder('ranking', { from: 'users' }));
    await project.write('datasets/clicks/builder.ts', builder('clicks', { code: "throw new RangeError('bad luck');" }));
    await project.write('datasets/sessions/builder.ts', builder('sessions', { from: 'clicks' }));
    const planned = await project.run(['rebuild', '--all', '--plan']);
    assert.equal(planned.code, 0, planned.stderr);
    assert.match(planned.stdout, /wave +data set +what +why/);
    assert.match(planned.stdout, /1 +users:1\.0\.0 +build +it is not published\n +2 +ranking:1\.0\.0/);
    await assert.rejects(access(project.registry));

    const first = await project.run(['rebuild', '--all', '--report', 'night.json']);
    assert.equal(first.code, 3, first.stderr);
    assert.match(first.stdout, /clicks:1\.0\.0 +failed .*\n(?:.*\n)*users:1\.0\.0 +published +5 /);
    assert.match(
      first.stdout,
      /sessions:1\.0\.0 +skipped +it is made from clicks:1\.0\.0, which is not as it should be/,
    );
    assert.match(first.stdout, /\n2 published, 1 failed, 1 skipped\n$/);
    assert.match(first.stderr, /clicks:1\.0\.0 failed\nerror\[USER_CODE\]: .*bad luck/);
    const report = JSON.parse(await readFile(project.path('night.json'), 'utf8'));
    assert.deepEqual(report.counts, {
      ...{ published: 2, attested: 0, unchanged: 0, elsewhere: 0, nothing: 0 },
      ...{ failed: 1, person: 0, skipped: 1, 'not-run': 0 },
    });
    assert.doesNotMatch(JSON.stringify(report), /bad luck/);

    const again = await project.run(['rebuild', 'ranking']);
    assert.deepEqual([again.code, again.stdout], [0, '2 nothing to do\n']);
    const failed = await project.run(['rebuild', '--all', '--exclude', 'users,ranking', '--json']);
    assert.equal(failed.code, 4);
    assert.equal(JSON.parse(failed.stdout).exitCode, 4);
    const unknown = await project.run(['rebuild', 'user']);
    assert.deepEqual([unknown.code, /Did you mean users/.test(unknown.stderr)], [3, true]);
  });

  it('prints what was done when it is stopped, and goes on with the rest when it is run again', async () => {
    // Waits until somebody lets it go on.
    const wait = `const { existsSync } = await import('node:fs');
      while (!existsSync(new URL('./go', import.meta.url))) await new Promise((resolve) => setTimeout(resolve, 20));`;
    await project.write('datasets/users/builder.ts', builder('users'));
    await project.write('datasets/waits/builder.ts', builder('waits', { code: wait }));
    await project.write('datasets/ranking/builder.ts', builder('ranking', { from: 'waits' }));
    const argv = ['rebuild', '--all', '--parallel', '1'];
    for (const [signal, code] of [
      ['SIGTERM', 143],
      ['SIGINT', 130],
    ] as const) {
      const stopped = await project.interrupt(argv, /^waits:1\.0\.0 begins/m, signal);
      assert.equal(stopped.code, code, stopped.stderr);
      assert.match(stopped.stdout, /waits:1\.0\.0 +not run/);
      assert.match(stopped.stdout, /ended before its time: interrupted by SIG/);
    }
    await project.write('datasets/waits/go', '');
    const last = await project.run(argv);
    assert.equal(last.code, 0, last.stderr);
    assert.match(last.stdout, /\n2 published, 1 nothing to do\n$/);
  });
});
