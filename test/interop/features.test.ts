import assert from 'node:assert/strict';
import { join } from 'node:path';
import { build, load } from '../../src/build/index.js';
import { recordFormats } from '../../src/registry/index.js';
import { TeamProject } from '../build/team-project.js';
import { comparable, type FeatureCase, type FeatureValue, featureCases } from '../features/feature-cases.js';
import { plain, requireOracle } from '../oracle/index.js';

const cases: readonly FeatureCase[] = Object.values(featureCases);
/** A second of silence: RIFF header, PCM, 8 kHz, one channel of 16 bits. */
const wav = new Uint8Array(
  Buffer.concat([
    Buffer.from('RIFF\x24\x3f\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00', 'latin1'),
    Buffer.from([0x40, 0x1f, 0, 0, 0x80, 0x3e, 0, 0, 2, 0, 16, 0]),
    Buffer.from('data\x00\x3f\x00\x00', 'latin1'),
    Buffer.alloc(16128),
  ]),
);

/** Names that files can bear; the cases' own are sentences. */
const fieldName = (index: number): string => `f${String(index).padStart(2, '0')}`;
const rows = Math.max(...cases.map(({ values }) => values.length));
const valueAt = ({ values }: FeatureCase, row: number): FeatureValue => values[row % values.length] as FeatureValue;

function expectedRow(row: number, pick: (value: FeatureValue) => unknown): unknown {
  const fields = cases.map((one, index) => [fieldName(index), pick(valueAt(one, row))]);
  return comparable({ row, ...Object.fromEntries(fields) });
}
const ours = (value: FeatureValue): unknown => ('output' in value ? value.output : value.input);
const stock = (value: FeatureValue): unknown => ('stock' in value ? value.stock : ours(value));

describe('a version with every feature', () => {
  let project: TeamProject;
  let directory = '';

  before(async () => {
    project = await TeamProject.create();
    const cases = new URL('../features/feature-cases.js', import.meta.url).href;
    await project.addDataset(
      'every_feature',
      `static override readonly versions = { '1.0.0': 'First.' };
      override info() { return { description: 'd', features: features({ row: scalar('int32'), ...fields }) }; }
      override splits(p: any) {
        return { train: p.generate(function* () { for (let row = 0; row < ${rows}; row++) yield [row, example(row)]; }) };
      }`,
      `import { featureCases } from '${cases}';
      const entries: any[] = Object.values(featureCases).map((one: any, index) => ['f' + String(index).padStart(2, '0'), one]);
      const fields: any = Object.fromEntries(entries.map(([name, { feature }]) => [name, feature]));
      const example = (row: number): any =>
        ({ row, ...Object.fromEntries(entries.map(([name, { values }]) => [name, values[row % values.length].input])) });`,
    );
    ({ directory } = await build('every_feature', { config: { ...(await project.config()), formats: recordFormats } }));
  });
  after(() => project.remove());

  for (const format of recordFormats) {
    it(`is loaded from ${format} as it was written`, async () => {
      const examples: (unknown | undefined)[] = [];
      const dataset = await load('every_feature', { config: await project.config(), split: 'train', format });
      for await (const example of dataset) {
        examples[(example as { row: number }).row] = comparable(example);
      }
      assert.equal(examples.length, rows);
      for (const [row, example] of examples.entries()) assert.deepEqual(example, expectedRow(row, ours));
    });
  }

  it('is read by stock tfds', async function () {
    const oracle = requireOracle(this);
    const examples = (await oracle.call('tfds.read', { directory, split: 'train' })) as { row: unknown }[];
    assert.equal(examples.length, rows);
    for (const example of examples.map(plain) as { row: number }[]) {
      assert.deepEqual(comparable(example), expectedRow(example.row, stock));
    }
  });

  it('is read by HF datasets', async function () {
    const oracle = requireOracle(this);
    const read = (await oracle.call('hf.load_from_disk', { directory: join(directory, 'arrow'), decode: false })) as {
      readonly train: { readonly rows: readonly unknown[] };
    };
    const examples = plain(read.train.rows) as Record<string, unknown>[];
    assert.equal(examples.length, rows);
    // test/features/hugging-face.test.ts compares each feature; here, those that HF gives as they were written, in whole rows.
    const alike = [...cases.entries()].filter(
      ([, { tfds, values }]) =>
        !tfds.includes('encoding=') && values.every((value) => !('stock' in value) && !('output' in value)),
    );
    assert.ok(alike.length > 20);
    for (const example of examples) {
      for (const [index, one] of alike) {
        const { input } = valueAt(one, Number(example['row']));
        assert.deepEqual(comparable(example[fieldName(index)]), comparable(input));
      }
    }
  });

  it('has audio files whose bytes every reader gets', async function () {
    const oracle = requireOracle(this);
    await project.addFile('silence.wav', wav);
    await project.addDataset(
      'sounds',
      `static override readonly versions = { '1.0.0': 'First.' };
      override info() { return { description: 'd', features: features({ sound: lib.audio({ fileFormat: 'wav', sampleRate: 8000 }) }) }; }
      override splits(p: any) {
        const path = ${JSON.stringify(join(project.directory, 'silence.wav'))};
        return { train: p.generate(function* () { yield [0, { sound: { path } }]; }) };
      }`,
    );
    const { directory } = await build('sounds', { config: await project.config() });
    const call = { directory, split: 'train', skip_decoding: ['sound'] };
    assert.deepEqual(plain(await oracle.call('tfds.read', call)), [{ sound: wav }]);
    const read = (await oracle.call('hf.load_from_disk', { directory: join(directory, 'arrow'), decode: false })) as {
      readonly train: { readonly rows: readonly unknown[]; readonly features: string };
    };
    assert.match(read.train.features, /Audio\(sampling_rate=8000/);
    assert.deepEqual(plain(read.train.rows), [{ sound: { bytes: wav, path: null } }]);
    const dataset = await load('sounds', { config: await project.config(), split: 'train' });
    for await (const example of dataset) assert.deepEqual(example, { sound: { encoded: wav, fileFormat: 'wav' } });
  });
});
