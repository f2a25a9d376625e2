import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Checked } from '../datasets/build-dataset.js';
import { requireGcs } from '../gcs/index.js';
import { requireOracle } from '../oracle/index.js';
import { packageFolder } from '../sources/read-all.js';
import { type FamilyCode, FamilyProject } from './family-project.js';

const logos = join(packageFolder('vega-datasets'), 'data');

const files = {
  'train/ffox.png': 'ffox.png',
  'train/tools/gimp.png': 'gimp.png',
  'test/7zip.png': '7zip.png',
} as const;
const metadata = {
  'train/metadata.csv': 'file_name,kind,year\nffox.png,browser,2004\ntools/gimp.png,tool,1996\n',
  'test/metadata.csv': 'file_name,kind,year\n7zip.png,tool,1999\n',
} as const;

function imageCode(layout: string): FamilyCode {
  return {
    imports: ['features', 'image', 'ImageMetadataBuilder', 'optional', 'scalar', 'text'],
    declarations: `
const schema = features({
  image: image({ shape: [null, null, 4] }),
  kind: text(),
  year: optional(scalar('int64')),
});`,
    family: 'ImageMetadataBuilder<typeof schema>',
    members: `
  protected override readonly layout = ${layout} as const;
  override info() {
    return { description: 'Logos.', features: schema };
  }`,
  };
}

describe('ImageMetadataBuilder', () => {
  let project: FamilyProject;
  before(() => {
    project = new FamilyProject();
  });
  after(() => project.remove());

  function writeImages(name: string): void {
    for (const [file, logo] of Object.entries(files))
      project.write(`${name}/images/${file}`, readFileSync(join(logos, logo)));
    for (const [file, text] of Object.entries(metadata)) project.write(`${name}/images/${file}`, text);
  }

  const refusal = (name: string, pattern: RegExp) =>
    assert.rejects(
      project.build(name, imageCode(`{ folder: 'images', splits: ['train', 'test'] }`)),
      (error: Error) => {
        assert.match(`${error.message} ${String(error.cause)}`, pattern);
        return true;
      },
    );

  it("holds what Hugging Face's imagefolder reads from the same folder", async function () {
    const oracle = requireOracle(this);
    writeImages('logos');
    const { directory } = await project.build('logos', imageCode(`{ folder: 'images', splits: ['train', 'test'] }`));
    const checked = (await oracle.call('datasets.as_hugging_face_loads', {
      directory,
      module: 'imagefolder',
      folder: project.path('logos/images'),
      columns: ['image', 'kind', 'year'],
      scratch: project.path('logos/scratch'),
    })) as Checked;
    assert.deepEqual(checked.problems, []);
    assert.deepEqual(checked.examples, { train: 2, test: 1 });
  });

  it('takes the split from a column of the metadata', async () => {
    writeImages('dealt');
    const layout = `{ folder: 'images', splits: { column: 'kind', names: ['browser', 'tool'] } }`;
    const { splits } = await project.build('dealt', imageCode(layout));
    assert.deepEqual(
      splits.map(({ name, examples }) => [name, examples]),
      [
        ['browser', 1],
        ['tool', 2],
      ],
    );
  });

  it('fails where an image has no metadata, and where metadata has no image', async () => {
    writeImages('unnamed');
    project.write('unnamed/images/train/new.png', readFileSync(join(logos, '7zip.png')));
    await refusal('unnamed', /images with metadata/);
    writeImages('unseen');
    project.write('unseen/images/train/metadata.csv', `${metadata['train/metadata.csv']}gone.png,tool,2001\n`);
    await refusal('unseen', /images with metadata/);
  });

  it('reads a bucket as it reads a folder', async function () {
    const gcs = await requireGcs(this);
    const bucket = await gcs.newBucket();
    writeImages('local');
    for (const [file, logo] of Object.entries(files)) await bucket.storage.upload(join(logos, logo), `images/${file}`);
    for (const [file, text] of Object.entries(metadata)) await bucket.storage.write(`images/${file}`, text);
    const local = await project.build('local', imageCode(`{ folder: 'images', splits: ['train', 'test'] }`));
    const remote = await project.build(
      'remote',
      imageCode(`{ folder: '${bucket.url}/images', splits: ['train', 'test'] }`),
    );
    assert.ok(local.contentDigest !== undefined);
    assert.equal(remote.contentDigest, local.contentDigest);
  });
});
