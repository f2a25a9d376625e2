import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FileServer } from '../downloads/file-server.js';
import { TemporaryProject } from './run-cli.js';

const builder = (url: string): string => `
import { csv, DatasetBuilder, features, type Pipeline, scalar } from 'ailab-datasets';

const schema = features({ id: scalar('int64') });

export class Fetched extends DatasetBuilder<typeof schema> {
  static override readonly datasetName = 'fetched';
  static override readonly versions = { '1.0.0': 'First.' };
  override info() {
    return { description: 'Downloads.', features: schema };
  }
  override async splits(p: Pipeline) {
    const rows = csv(await p.download('${url}'), { types: { id: 'int64' } });
    return { train: p.read(rows).keyBy((row) => row.id) };
  }
}
`;

describe('downloads on the command line', () => {
  const server = new FileServer();
  let project: TemporaryProject;
  before(async () => {
    await server.start();
    server.serve('/rows.csv', 'id\n1\n2\n');
    project = await TemporaryProject.create({
      'package.json': '{"type": "module"}',
      'ailab-datasets.config.json': '{"datasets": ["datasets"], "cacheDirectory": "cache"}',
      'datasets/fetched/builder.ts': builder(server.url('/rows.csv')),
    });
  });
  after(async () => {
    await project.remove();
    await server.stop();
  });

  it('are refused without a checksum, registered by a flag, and then built from', async () => {
    const refused = await project.run(['build', 'fetched']);
    assert.equal(refused.code, 4, refused.stderr);
    assert.match(refused.stderr, /CHECKSUM_MISSING[\s\S]*build fetched --register-checksums/);
    const registered = await project.run(['build', 'fetched', '--register-checksums', '--download-only']);
    assert.equal(registered.code, 0, registered.stderr);
    assert.match(registered.stderr, /download rows\.csv: done, 7 B/);
    assert.match(registered.stdout, /rows\.csv/);
    const line = await readFile(join(project.directory, 'datasets/fetched/checksums.tsv'), 'utf8');
    assert.match(line, /^http:.*\/rows\.csv\t7\t[0-9a-f]{64}\trows\.csv\n$/);
    const built = await project.run(['build', 'fetched', '--quiet']);
    assert.equal(built.code, 0, built.stderr);
    assert.equal(server.requests('/rows.csv'), 1);
  });
});
