import assert from 'node:assert/strict';
import { join } from 'node:path';
import { build } from '../../src/build/index.js';
import { plain, requireOracle } from '../oracle/index.js';
import { digestsBelow, TeamProject } from './team-project.js';

const rows = Array.from({ length: 800 }, (_, id) => ({ id, text: `text ${id % 97}` }));

describe('a build from Arrow, TFRecord, a JSON array and zstd', () => {
  let project: TeamProject;
  before(async () => {
    project = await TeamProject.create();
  });
  after(() => project.remove());

  it('gives the same bytes inline and with 1 and 2 workers, and the rows to tfds', async function () {
    const oracle = requireOracle(this);
    const file = (name: string) => join(project.directory, 'datasets', 'files', name);
    const bytes = (text: string) => new Uint8Array(Buffer.from(text));
    await project.addDataset(
      'files',
      `  static override readonly versions = { '1.0.0': 'First.' };
  override info() { return { description: 'd', features: features({ id: scalar('int64'), text: text() }) }; }
  override splits(p: any) {
    const records = lib.tfrecord('rows.tfrecord', { features: { id: 'int64', text: 'string' }, rangeBytes: 20_000 });
    const sources = [
      lib.arrow('rows.arrow', { int64: 'number' }),
      lib.arrow('rows.arrows'),
      records,
      lib.json('rows.json', { rangeBytes: 20_000 }),
      lib.jsonl('rows.jsonl.zst'),
    ];
    const [first, ...others] = sources.map((source, i) => p.read(source).keyBy((row: any) => i + '-' + row.id));
    return { train: first.merge(...others).mapValues((row: any) => ({ id: row.id, text: row.text })) };
  }`,
    );
    const columns = {
      id: { type: 'pa.int64()', values: rows.map(({ id }) => id) },
      text: { type: 'pa.dictionary(pa.int8(), pa.string())', values: rows.map(({ text }) => text) },
    };
    const lz4 = { batch_rows: 400, compression: 'lz4' };
    await oracle.call('arrow.write_ipc', { file: file('rows.arrow'), columns, options: lz4 });
    const stream = { batch_rows: 700, format: 'stream' };
    await oracle.call('arrow.write_ipc', { file: file('rows.arrows'), columns, options: stream });
    const features = rows.map(({ id, text }) => ({
      id: { kind: 'int64', values: [id] },
      text: { kind: 'bytes', values: [bytes(text)] },
    }));
    await oracle.call('tf.write_examples', { file: file('rows.tfrecord'), examples: features });
    await project.addFile('datasets/files/rows.json', JSON.stringify(rows, undefined, 1));
    const lines = bytes(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    await oracle.call('sources.write_zstd', { file: file('rows.jsonl.zst'), frames: [lines] });

    const all = [];
    for (const [index, flags] of [{ runner: 'inline' } as const, { workers: 1 }, { workers: 2 }].entries()) {
      const config = await project.config({ ...flags, registry: `registry-${index}` });
      const { directory } = await build('files', { config });
      all.push({ directory, digests: await digestsBelow(directory) });
    }
    for (const { digests } of all) assert.deepEqual(digests, all[0]?.digests);
    const examples = plain(await oracle.call('tfds.read', { directory: all[2]?.directory, split: 'train' }));
    const read = (examples as { id: number | bigint; text: unknown }[]).map(({ id, text }) => ({
      id: Number(id),
      text: text instanceof Uint8Array ? Buffer.from(text).toString() : text,
    }));
    const sorted = read.sort((a, b) => a.id - b.id);
    assert.deepEqual(
      sorted,
      rows.flatMap((row) => [row, row, row, row, row]),
    );
  });
});
