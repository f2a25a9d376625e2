import assert from 'node:assert/strict';
import { TemporaryProject } from './run-cli.js';

/** Ranks words as the language of the process sorts them: in Swedish ä comes after z, in German beside a. */
const ranked = `
import { DatasetBuilder, features, type Pipeline, scalar } from 'ailab-datasets';

const schema = features({ rank: scalar('int32') });

export class Ranked extends DatasetBuilder<typeof schema> {
  static override readonly datasetName = 'ranked';
  static override readonly versions = { '1.0.0': 'First.' };
  override info() {
    return { description: 'Words by their rank.', features: schema };
  }
  override splits(pipeline: Pipeline) {
    const words = ['zebra', 'ärta', 'apple', 'mango'].sort((a, b) => a.localeCompare(b));
    return {
      train: pipeline.generate(function* () {
        for (const [rank, word] of words.entries()) yield [word, { rank }] as const;
      }),
    };
  }
}
`;

describe('reproduce', () => {
  let project: TemporaryProject;
  before(async () => {
    project = await TemporaryProject.create({
      'package.json': '{"type": "module"}',
      'ailab-datasets.config.json': '{"datasets": ["datasets"], "runner": "inline", "workDirectory": "work"}',
      'datasets/ranked/builder.ts': ranked,
    });
    await project.json(['build', 'ranked'], { LC_ALL: 'sv_SE.UTF-8' });
  });
  after(() => project.remove());

  it('says that the bytes are the same, with exit code 0', async () => {
    const { code, stdout, stderr } = await project.run(['reproduce', 'ranked:1.0.0'], {
      env: { LC_ALL: 'sv_SE.UTF-8' },
    });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^ranked:1\.0\.0 same bytes: \d+ files of data, each with the sha256 that was published\n$/);
  });

  it('shows the first record that differs and names the language that sorted it, with exit code 1', async () => {
    const env = { LC_ALL: 'de_DE.UTF-8' };
    const { code, stdout, stderr } = await project.run(['reproduce', 'ranked', '--twice'], { env });
    assert.equal(code, 1, stderr);
    assert.match(stdout, /^ranked:1\.0\.0 different: train: 4 examples as before; 3 changed$/m);
    assert.match(stdout, /^ {2}first difference: train, key [0-9a-f]{12}…, field rank\n {4}- \d\n {4}\+ \d$/m);
    assert.match(stdout, /cause it was built elsewhere: locale was sv-SE and is de-DE/);
    assert.match(stdout, /two builds, one after the other, are the same/);
    const asJson = await project.run(['reproduce', 'ranked', '--json'], { env });
    assert.equal(asJson.code, 1);
    const { outcome, causes } = JSON.parse(asJson.stdout) as {
      readonly outcome: string;
      readonly causes: readonly { readonly kind: string }[];
    };
    assert.deepEqual([outcome, causes.map(({ kind }) => kind)], ['different', ['environment', 'unknown']]);
  });

  it('says what it needs', async () => {
    const unknown = await project.run(['reproduce', 'ranked:2.0.0']);
    assert.equal(unknown.code, 3);
    assert.match(unknown.stderr, /error\[VERSION_UNKNOWN\]/);
  });
});
