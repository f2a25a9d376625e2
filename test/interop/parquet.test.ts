import assert from 'node:assert/strict';
import { join } from 'node:path';
import { build } from '../../src/build/index.js';
import { exportVersion } from '../../src/export/index.js';
import { toHuggingFaceFeatures } from '../../src/features/index.js';
import { openVersion, verifyVersion } from '../../src/reader/index.js';
import { digestsBelow, TeamProject } from '../build/team-project.js';
import { comparable, type FeatureCase, featureCases } from '../features/feature-cases.js';
import { plain, requireOracle } from '../oracle/index.js';

interface Loaded {
  readonly rows: readonly unknown[];
  readonly features_dict: unknown;
}

const cases: readonly FeatureCase[] = Object.values(featureCases);
const fieldName = (index: number): string => `f${String(index).padStart(2, '0')}`;
const rows = Math.max(...cases.map(({ values }) => values.length));

/** Features without the switches that the oracle sets so that media stay as they are stored. */
function withoutDecode(features: unknown): unknown {
  return JSON.parse(JSON.stringify(features, (key, value) => (key === 'decode' ? undefined : value)));
}

describe('a version with Parquet shards', () => {
  let project: TeamProject;
  let directory = '';
  before(async () => {
    project = await TeamProject.create();
    const path = new URL('../features/feature-cases.js', import.meta.url).href;
    await project.addDataset(
      'every_feature',
      `static override readonly versions = { '1.0.0': 'First.' };
      override info() { return { description: 'd', features: features({ row: scalar('int32'), ...fields }) }; }
      override splits(p: any) {
        const rows = (from: number, to: number) => function* () { for (let row = from; row < to; row++) yield [row, example(row)]; };
        return { train: p.generate(rows(0, ${rows})), test: p.generate(rows(0, 2)) };
      }`,
      `import { featureCases } from '${path}';
      const entries: any[] = Object.values(featureCases).map((one: any, index) => ['f' + String(index).padStart(2, '0'), one]);
      const fields: any = Object.fromEntries(entries.map(([name, { feature }]) => [name, feature]));
      const example = (row: number): any =>
        ({ row, ...Object.fromEntries(entries.map(([name, { values }]) => [name, values[row % values.length].input])) });`,
    );
    ({ directory } = await build('every_feature', { config: await project.config({ formats: ['parquet'] }) }));
  });
  after(() => project.remove());

  it('is found by HF datasets as a folder, with its splits, every feature and every value', async function () {
    const oracle = requireOracle(this);
    const both = await project.config({ formats: ['arrow'], registry: 'arrow' });
    const arrow = await build('every_feature', { config: both });
    const call = { decode: false };
    const loaded = plain(
      await oracle.call('hf.load_parquet', { directory: join(directory, 'parquet'), ...call }),
    ) as Record<string, Loaded>;
    assert.deepEqual(Object.keys(loaded).sort(), ['test', 'train']);
    const { schema } = await openVersion(directory);
    assert.deepEqual(withoutDecode(loaded['train']?.features_dict), toHuggingFaceFeatures(schema));
    const expected = plain(
      await oracle.call('hf.load_from_disk', { directory: join(arrow.directory, 'arrow'), ...call }),
    ) as Record<string, Loaded>;
    for (const split of ['train', 'test']) {
      assert.deepEqual(loaded[split]?.rows.map(comparable), expected[split]?.rows.map(comparable));
    }
    assert.equal(loaded['train']?.rows.length, rows);
  });

  it('shows HF datasets decoded images', async function () {
    const oracle = requireOracle(this);
    const index = Object.keys(featureCases).indexOf('an image from pixels');
    const loaded = (await oracle.call('hf.load_parquet', { directory: join(directory, 'parquet') })) as Record<
      string,
      Loaded
    >;
    const ours = await (await openVersion<Record<string, unknown>>(directory)).dataset('train').toArray();
    const name = fieldName(index);
    const shown = (loaded['train']?.rows ?? []) as readonly Readonly<Record<string, unknown>>[];
    assert.equal(shown.length, rows);
    for (const row of shown) {
      const { pixels } = row[name] as { pixels: { data: Uint8Array } };
      const own = ours.find((example) => example['row'] === row['row']) ?? assert.fail(`no row ${String(row['row'])}`);
      assert.deepEqual([...pixels.data], [...(own[name] as { data: Uint8Array }).data]);
    }
  });

  it('is exported to Arrow and TFRecord, and from them, with the bytes that a build gives', async () => {
    const all = await project.config({ formats: ['tfrecord', 'arrow', 'parquet'], registry: 'all' });
    const built = (await build('every_feature', { config: all })).directory;
    const digests = await digestsBelow(built);
    const arrowOnly = await project.config({ formats: ['arrow'], registry: 'arrow-only' });
    const arrow = (await build('every_feature', { config: arrowOnly })).directory;
    for (const [source, format] of [
      [arrow, 'parquet'],
      [directory, 'arrow'],
      [directory, 'tfrecord'],
    ] as const) {
      const target = join(project.directory, `exported-${format}`);
      const { paths } = await exportVersion(source, { directory: target, formats: [format] });
      const exported = paths[0] ?? assert.fail('nothing was exported');
      const made = Object.entries(await digestsBelow(exported));
      assert.ok(made.some(([path]) => path.includes(format)));
      for (const [path, digest] of made) assert.equal(digest, digests[path], path);
      assert.deepEqual((await verifyVersion(exported)).problems, []);
    }
  });
});
