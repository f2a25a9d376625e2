import assert from 'node:assert/strict';
import { access, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from '../../../src/build/index.js';
import { loadConfig, type ResolvedConfig } from '../../../src/core/config/index.js';
import { parseConfigName, parseDatasetName } from '../../../src/core/names/index.js';
import { bumpVersion } from '../../../src/project/index.js';
import { openRegistry, readAudit } from '../../../src/registry/index.js';

const library = new URL('../../../src/index.js', import.meta.url).href;

/** Numbers up to 8, a config for the even ones and one for the odd ones. */
const builder = `import { DatasetBuilder, features, scalar, text } from '${library}';
export class Numbers extends DatasetBuilder<any> {
  static override readonly datasetName = 'numbers';
  static override readonly versions = {
    '1.0.0': 'First release.',
  };
  static override readonly configs = { even: 'Even ones.', odd: 'Odd ones.' };
  override info() { return { description: 'Numbers.', features: features({ id: scalar('int64') }) }; }
  override splits(p: any): any {
    const rest = this.config === 'even' ? 0n : 1n;
    return { train: p.generate(function* () { for (let id = 0n; id < 8n; id++) if (id % 2n === rest) yield [id, { id }]; }) };
  }
}
`;

type Edit = readonly [from: string, to: string];
const double: Edit = ['yield [id, { id }]', 'yield [id, { id: id * 2n }]'];
const named: readonly Edit[] = [
  ["features({ id: scalar('int64') })", "features({ id: scalar('int64'), name: text() })"],
  ['yield [id, { id }]', 'yield [id, { id, name: String(id) }]'],
];

describe('bump --auto', () => {
  let root = '';
  let projects = 0;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'ailab-bump-auto-'));
    const config = await project([]);
    for (const reference of ['numbers/even', 'numbers/odd']) await build(reference, { config });
    await cp(config.registry, join(root, 'published'), { recursive: true });
  });
  after(() => rm(root, { recursive: true, force: true }));

  const builderOf = (config: ResolvedConfig) => join(config.projectDirectory, 'datasets/numbers/builder.ts');

  /** A copy of the project, edited, with the registry as it was published. */
  async function project(edits: readonly Edit[], isPublished = true): Promise<ResolvedConfig> {
    const folder = join(root, String(++projects));
    await mkdir(join(folder, 'datasets', 'numbers'), { recursive: true });
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    let text = builder;
    for (const [from, to] of edits) {
      assert.ok(text.includes(from), from);
      text = text.replace(from, () => to);
    }
    await writeFile(join(folder, 'datasets', 'numbers', 'builder.ts'), text);
    if (projects > 1 && isPublished) await cp(join(root, 'published'), join(folder, 'registry'), { recursive: true });
    const flags = { datasets: ['datasets'], registry: 'registry', cacheDirectory: 'cache', runner: 'inline' } as const;
    return { ...(await loadConfig({ cwd: folder, env: {}, flags })), projectDirectory: folder };
  }

  for (const [what, edits, level, because] of [
    ['code to another effect', [double], 'major', /numbers\/odd:1\.0\.0: .*changed/s],
    [
      'code to another effect in one config alone',
      [['id % 2n === rest', 'id % 2n === rest && id !== 3n']],
      'major',
      /^(?:numbers\/odd:1\.0\.0: .*\n?)+$/,
    ],
    ['a feature more', named, 'minor', /added name/],
    [
      'a feature more, and other values',
      [...named, ['yield [id, { id,', 'yield [id, { id: -id,']],
      'major',
      /added name/,
    ],
    [
      'a split more',
      [
        ['return { train: ', 'const train = '],
        ['; }) };', '; }); return { train, test: train };'],
      ],
      'minor',
      /test/,
    ],
  ] as const satisfies readonly (readonly [string, readonly Edit[], string, RegExp])[]) {
    it(`takes a ${level} one for ${what}, and the next build publishes it`, async () => {
      const config = await project(edits);
      const before = await readFile(builderOf(config), 'utf8');
      const report = await bumpVersion('numbers', { note: 'Next.', config });
      assert.equal(report.level, level);
      assert.match(report.because.join('\n'), because);
      const version = level === 'major' ? '2.0.0' : '1.1.0';
      assert.equal(
        await readFile(builderOf(config), 'utf8'),
        before.replace("    '1.0.0'", `    '${version}': 'Next.',\n    '1.0.0'`),
      );
      // Nothing was published or attested, and nothing is left.
      assert.deepEqual(
        await openRegistry(config.registry).listVersions(parseDatasetName('numbers'), parseConfigName('even')),
        ['1.0.0'],
      );
      await assert.rejects(access(join(config.registry, 'numbers', 'even', '.attested')));
      const raised = await project([...edits, ["    '1.0.0'", `    '${version}': 'Next.',\n    '1.0.0'`]]);
      assert.equal((await build('numbers/odd', { config: raised })).status, 'built');
    });
  }

  for (const [what, edits, because] of [
    ['nothing was edited', [], /everything that it was made with is the same/],
    ['only words were', [["'Even ones.'", "'All even ones.'"]], /everything that it was made with is the same/],
    ['code does the same', [['id < 8n', 'id <= 7n']], /a build gives the same data/],
  ] as const satisfies readonly (readonly [string, readonly Edit[], RegExp])[]) {
    it(`adds nothing where ${what}`, async () => {
      const config = await project(edits);
      const before = await readFile(builderOf(config), 'utf8');
      const report = await bumpVersion('numbers', { level: 'auto', note: 'Next.', config });
      assert.deepEqual([report.level, report.added], ['none', undefined]);
      assert.match(report.because.join('\n'), because);
      assert.equal(await readFile(builderOf(config), 'utf8'), before);
      const actions: string[] = [];
      for await (const { action } of readAudit(openRegistry(config.registry))) actions.push(action);
      assert.deepEqual(
        actions.filter((action) => action !== 'publish'),
        [],
      );
    });
  }

  it('adds nothing where the newest version is not published yet', async () => {
    const config = await project([], false);
    const { level, because } = await bumpVersion('numbers', { note: 'Next.', config });
    assert.equal(level, 'none');
    assert.match(because.join(), /numbers:1\.0\.0 is not published yet/);
  });

  it('builds nothing where the builder could not be edited', async () => {
    const config = await project([
      double,
      ["{\n    '1.0.0': 'First release.',\n  }", "{ ...{ '1.0.0': 'First release.' } }"],
    ]);
    const started: string[] = [];
    const onProgress = ({ type }: { readonly type: string }) => started.push(type);
    await assert.rejects(bumpVersion('numbers', { note: 'Next.', config, onProgress }), { code: 'UNSUPPORTED' });
    assert.deepEqual(started, []);
  });
});
