import assert from 'node:assert/strict';
import { type BuildOptions, build } from '../../src/build/index.js';
import { DatasetsError } from '../../src/core/errors/index.js';
import { parseDatasetName } from '../../src/core/names/index.js';
import { type Bump, diffVersions, requiredBump } from '../../src/quality/index.js';
import { listStagedBuilds, openRegistry, setYanked } from '../../src/registry/index.js';
import { TeamProject } from '../build/team-project.js';

interface Written {
  readonly version: string;
  readonly rows?: string;
  readonly feature?: string;
  readonly statics?: string;
}

describe('the police of versions', () => {
  let project: TeamProject;
  beforeEach(async () => {
    project = await TeamProject.create();
  });
  afterEach(() => project.remove());

  let edits = 0;
  /** A module is imported once a process, so that each edit has a folder of its own; the registry is one. */
  async function publish(
    written: Written,
    options: Pick<BuildOptions, 'maxExamplesPerSplit' | 'snapshot' | 'now'> = {},
  ) {
    const { version, rows = '[[1, 1], [2, 2], [3, 3]]', feature = '', statics = '' } = written;
    const folder = `edit-${edits++}`;
    const more = feature === '' ? '' : `, ${feature}: scalar('int64')`;
    const extra = feature === '' ? '' : `, ${feature}: value * 10`;
    await project.addFile(
      `${folder}/sample/builder.ts`,
      `import * as lib from '${new URL('../../src/index.js', import.meta.url).href}';
const { features, scalar } = lib;
export class Sample extends lib.DatasetBuilder<any> {
  static override readonly datasetName = 'sample';
  static override readonly versions = { '${version}': 'A version.' };
${statics}
  override info() { return { description: 'A sample.', features: features({ value: scalar('int64')${more} }) }; }
  override splits(p: any) {
    return { train: p.generate(function* () { for (const [key, value] of ${rows}) yield [key, { value${extra} }]; }) };
  }
}
`,
    );
    const config = await project.config({ datasets: [folder], runner: 'inline', formats: ['tfrecord'] });
    return build('sample', { config, ...options });
  }

  async function refusal(building: Promise<unknown>): Promise<DatasetsError> {
    const error: unknown = await building.then(
      () => assert.fail('it was published'),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof DatasetsError, String(error));
    return error;
  }

  it('refuse a bump that is too small with evidence and the right number, and keep what was built for a look', async () => {
    await publish({ version: '1.1.0' });
    const error = await refusal(publish({ version: '1.1.1', rows: '[[1, 1], [2, 7], [4, 4]]' }));
    assert.equal(error.code, 'VERSION_BUMP_TOO_SMALL');
    assert.match(
      error.message,
      /^sample:1\.1\.1 is a PATCH bump of sample:1\.1\.0, and what differs takes a MAJOR one:\n {2}train: 3 examples as before; 1 added, 1 removed, 1 changed\n {4}key [0-9a-f]{12} changed: value 2 → 7\n/,
    );
    assert.match(
      error.hint ?? '',
      /^Call it 2\.0\.0 in the builder's versions, in the place of 1\.1\.1 \(or .*: ailab-datasets bump \w+ --major -m /,
    );
    assert.deepEqual([error.details?.['bump'], error.details?.['required']], ['patch', 'major']);
    const left = /ailab-datasets diff sample:1\.1\.0 (\S+)$/.exec(error.hint ?? '')?.[1] ?? assert.fail(error.hint);
    assert.equal(requiredBump(await diffVersions(`${project.registry}/sample/1.1.0`, left)), 'major');
    assert.deepEqual(
      (await listStagedBuilds(openRegistry(project.registry))).map(({ target }) => target?.version),
      ['1.1.1'],
    );
    assert.deepEqual(await openRegistry(project.registry).listVersions(parseDatasetName('sample')), ['1.1.0']);
    // With the right number it is published.
    assert.equal((await publish({ version: '2.0.0', rows: '[[1, 1], [2, 7], [4, 4]]' })).status, 'built');
  });

  const cases: readonly (readonly [what: string, after: Written, outcome: Bump | 'published'])[] = [
    ['a PATCH of the same data', { version: '1.1.1' }, 'published'],
    ['a PATCH with another feature', { version: '1.1.1', feature: 'other' }, 'minor'],
    ['a MINOR with another feature', { version: '1.2.0', feature: 'other' }, 'published'],
    ['a MINOR with another feature and a row', { version: '1.2.0', feature: 'other', rows: '[[1, 1]]' }, 'major'],
    ['a MINOR with a row that came', { version: '1.2.0', rows: '[[1, 1], [2, 2], [3, 3], [4, 4]]' }, 'major'],
    ['a MAJOR with anything', { version: '2.0.0', rows: '[[9, 9]]' }, 'published'],
  ];
  for (const [what, after, outcome] of cases) {
    it(`${outcome === 'published' ? 'let pass' : 'refuse'} ${what}`, async () => {
      await publish({ version: '1.1.0' });
      if (outcome === 'published') {
        assert.equal((await publish(after)).status, 'built');
        return;
      }
      const error = await refusal(publish(after));
      assert.deepEqual([error.code, error.details?.['required']], ['VERSION_BUMP_TOO_SMALL', outcome]);
    });
  }

  it('compare with the newest version before it that is not yanked', async () => {
    await publish({ version: '1.0.0' });
    await publish({ version: '2.0.0', rows: '[[5, 5]]' });
    const registry = openRegistry(project.registry);
    // An older line goes on beside a newer one.
    assert.equal((await publish({ version: '1.0.1' })).status, 'built');
    assert.equal((await refusal(publish({ version: '2.0.1' }))).code, 'VERSION_BUMP_TOO_SMALL');
    const yanked = { name: parseDatasetName('sample'), version: '2.0.0' };
    await setYanked(registry, yanked, true, { reason: 'wrong labels' });
    assert.equal((await publish({ version: '2.0.2' })).status, 'built');
  });

  it('leave samples and snapshots alone', async () => {
    await publish({ version: '1.0.0' });
    assert.equal((await publish({ version: '1.0.1' }, { maxExamplesPerSplit: 1 })).status, 'built');
    // What comes after a sample is compared with the version before that.
    assert.equal((await refusal(publish({ version: '1.0.2', rows: '[[1, 1]]' }))).code, 'VERSION_BUMP_TOO_SMALL');
    assert.equal((await publish({ version: '1.0.2' })).status, 'built');
    const statics = "static override readonly snapshots = 'daily' as const;";
    for (const [version, snapshot, rows] of [
      ['1.0.2', '20261119', '[[1, 1], [2, 2]]'],
      ['1.0.3', '20261120', '[[3, 3], [4, 4]]'],
    ] as const) {
      const built = await publish({ version, rows, statics }, { snapshot, now: new Date('2026-12-01T00:00:00Z') });
      assert.deepEqual([built.status, built.config], ['built', snapshot]);
    }
  });
});
