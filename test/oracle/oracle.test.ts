import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { elements, OracleError, plain, requireOracle, type Tensor, tensor } from './index.js';

describe('the Python oracle', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'ailab-oracle-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('hashes keys as tfds does', async function () {
    const oracle = requireOracle(this);
    // By `printf traina | md5sum` and `printf train1 | md5sum`.
    assert.deepEqual(await oracle.call('hashing.hash_keys', { split: 'train', keys: ['a', 1] }), [
      'baf12146e0d1f06a276d82e76a53c398',
      'bc4e69093cdfd6aa4aaacd2f8ed0e730',
    ]);
  });

  it('carries values both ways without loss', async function () {
    const oracle = requireOracle(this);
    const sent = {
      text: 'é𝄞',
      bytes: new Uint8Array([0, 255]),
      big: 9007199254740993n,
      floats: [Number.NaN, Number.POSITIVE_INFINITY, -0, 0.1],
      long: tensor('int64', [2, 1], new BigInt64Array([-(2n ** 63n), 1n])),
      nothing: null,
    };
    const back = (await oracle.call('protocol.echo', { value: sent })) as Record<string, unknown>;
    assert.deepEqual(back, sent);
    assert.deepEqual(plain(back['long']), [[-(2n ** 63n)], [1n]]);
  });

  it('reports exceptions with their class and traceback', async function () {
    const oracle = requireOracle(this);
    await assert.rejects(oracle.call('tf.parse_example', { record: new Uint8Array([255]) }), (error: OracleError) => {
      assert.ok(error instanceof OracleError);
      assert.equal(error.type, 'DecodeError');
      assert.match(error.message, /Traceback/);
      return true;
    });
  });

  it('serialises tf.Examples and reads TFRecord files', async function () {
    const oracle = requireOracle(this);
    const features = {
      b: { kind: 'int64', values: [-1, 2n ** 62n] },
      a: { kind: 'bytes', values: [new Uint8Array([7])] },
    };
    const record = await oracle.call('tf.serialize_example', { features });
    const file = join(folder, 'records.tfrecord');
    await oracle.call('tf.write_records', { file, records: [record, record] });
    assert.deepEqual(await oracle.call('tf.read_records', { files: [file] }), [record, record]);
    assert.deepEqual(await oracle.call('tf.parse_example', { record }), features);
  });

  it('builds with tfds, and opens and reads what tfds built', async function () {
    const oracle = requireOracle(this);
    const examples = {
      train: [
        ['k1', { label: 'b', x: [1, 2.5] }],
        ['k2', { label: 'a', x: [] }],
      ],
    };
    const expression =
      "tfds.features.FeaturesDict({'label': tfds.features.ClassLabel(names=['a', 'b']), 'x': tfds.features.Sequence(np.float32)})";
    const directory = await oracle.call('tfds.build', { directory: folder, name: 'tiny', examples, expression });
    const opened = (await oracle.call('tfds.open', { directory })) as Record<string, Record<string, unknown>>;
    assert.deepEqual(Object.keys(opened['splits'] ?? {}), ['train']);
    const train = opened['splits']?.['train'] as Record<string, unknown>;
    assert.deepEqual(train['shard_lengths'], [2]);
    assert.deepEqual(train['filenames'], ['tiny-train.tfrecord-00000-of-00001']);
    const order = (await oracle.call('hashing.order', { split: 'train', keys: ['k1', 'k2'] })) as number[];
    const read = (await oracle.call('tfds.read', { directory, split: 'train' })) as Record<string, Tensor>[];
    const expected = [
      { label: 1n, x: [1, 2.5] },
      { label: 0n, x: [] },
    ];
    assert.deepEqual(
      read.map(plain),
      order.map((index) => expected[index]),
    );
    const columns = (await oracle.call('tfds.columns', { directory, split: 'train', keys: ['label'] })) as {
      label: Tensor;
    };
    assert.deepEqual(
      elements(columns.label),
      order.map((index) => expected[index]?.label),
    );
    const byName = (await oracle.call('tfds.open', { name: 'tiny:1.*.*', data_dir: folder })) as { version: string };
    assert.equal(byName.version, '1.0.0');
    const [record] = (await oracle.call('tfds.encode_examples', {
      examples: [{ label: 'b', x: [1, 2.5] }],
      expression,
    })) as Uint8Array[];
    const [decoded] = (await oracle.call('tfds.decode_examples', { records: [record], expression })) as unknown[];
    assert.deepEqual(plain(decoded), expected[0]);
  });

  it('knows split expressions', async function () {
    const oracle = requireOracle(this);
    const splits = { train: [5, 5], test: [3] };
    assert.deepEqual(await oracle.call('splits.evaluate', { expression: 'train[:50%]+test[1:]', splits }), [
      { split: 'train', from: 0, to: 5 },
      { split: 'test', from: 1, to: 3 },
    ]);
    assert.deepEqual(await oracle.call('splits.even', { split: 'test', n: 2, splits }), [
      [{ split: 'test', from: 0, to: 2 }],
      [{ split: 'test', from: 2, to: 3 }],
    ]);
  });

  it('writes and reads with Hugging Face datasets and pyarrow', async function () {
    const oracle = requireOracle(this);
    const directory = join(folder, 'hf');
    const expression = "datasets.Features({'n': datasets.Value('int64'), 'image': datasets.Image()})";
    const image = await oracle.call('tf.encode_image', { pixels: tensor('uint8', [1, 2, 1], new Uint8Array([3, 9])) });
    await oracle.call('hf.write', {
      directory,
      expression,
      examples: [{ n: 2n ** 60n, image: { bytes: image, path: null } }],
    });
    const loaded = (await oracle.call('hf.load_from_disk', { directory })) as {
      rows: unknown[];
      cache_files: string[];
    };
    assert.deepEqual(plain(loaded.rows), [{ n: 2n ** 60n, image: [[3, 9]] }]);
    const [file] = loaded.cache_files;
    const stored = (await oracle.call('hf.from_file', { file, decode: false })) as { rows: unknown[] };
    assert.deepEqual(stored.rows, [{ n: 2n ** 60n, image: { bytes: image, path: null } }]);
    const stream = (await oracle.call('arrow.read_stream', { file })) as { columns: Record<string, unknown[]> };
    assert.deepEqual(stream.columns['n'], [2n ** 60n]);
    const parquet = join(folder, 'table.parquet');
    const columns = { n: { type: 'pa.int64()', values: [1, null, -(2n ** 62n)] } };
    await oracle.call('arrow.write_parquet', { file: parquet, columns, options: { compression: 'zstd' } });
    const table = (await oracle.call('arrow.read_parquet', { file: parquet })) as {
      columns: Record<string, unknown[]>;
    };
    assert.deepEqual(table.columns['n'], columns.n.values);
  });
});
