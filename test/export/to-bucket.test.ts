import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TemporaryProject } from '../cli/run-cli.js';
import { requireGcs } from '../gcs/index.js';
import { buildVersion } from '../reader/build-version.js';
import { sampleExamples, sampleSchema } from '../reader/sample.js';

describe('an export to a bucket', () => {
  let project: TemporaryProject;
  let published = '';
  before(async () => {
    project = await TemporaryProject.create();
    published = mkdtempSync(join(tmpdir(), 'ailab-export-'));
    const splits = { train: sampleExamples(0, 40) };
    await buildVersion({
      registry: published,
      name: 'sample',
      version: '1.0.0',
      schema: sampleSchema,
      splits,
      numShards: 2,
    });
  });
  after(async () => {
    rmSync(published, { recursive: true, force: true });
    await project.remove();
  });

  it('publishes the version in a registry that has a name', async function () {
    const { url, storage } = await (await requireGcs(this)).newBucket();
    await project.write('ailab-datasets.config.json', JSON.stringify({ registries: { prod: url } }));
    const convert = (to: string) =>
      project.run(['convert', 'sample:1.0.0', '--registry', published, '--file-format', 'arrow', '--to', to]);
    const { code, stderr } = await convert('prod');
    assert.equal(code, 0, stderr);
    const shard = 'sample/1.0.0/arrow/train/data-00001-of-00002.arrow';
    assert.deepEqual(Buffer.from((await storage.read(shard)) ?? []), readFileSync(join(published, shard)));
    const again = await convert(url);
    assert.match(again.stderr, /VERSION_EXISTS/);
  });

  it('refuses text, which is written to folders', async () => {
    const flags = ['--file-format', 'jsonl', '--to', 'gs://some-bucket/here'];
    const { stderr } = await project.run(['convert', 'sample:1.0.0', '--registry', published, ...flags]);
    assert.match(
      stderr,
      /error\[USAGE\]: jsonl is written to a folder of this machine, and --to is gs:\/\/some-bucket\/here/,
    );
  });
});
