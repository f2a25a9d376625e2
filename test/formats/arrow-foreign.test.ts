import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { DatasetsError } from '../../src/core/errors/index.js';
import type { ArrowNode, ColumnBatch, Leaf } from '../../src/features/index.js';
import { type ArrowSchema, openArrow, type RangeSource } from '../../src/formats/index.js';
import { type Oracle, requireOracle } from '../oracle/index.js';
import { plainBatch } from './plain-columns.js';
import { leaf } from './sample-rows.js';

function sourceOf(file: Uint8Array): RangeSource {
  return { bytes: file.length, read: async (offset, length) => file.subarray(offset, offset + length) };
}

/** A table of one leaf a column, each in lists for its sequences. */
function schemaOf(...leaves: readonly Leaf[]): ArrowSchema {
  const fields = leaves.map((item, index) => {
    const values: ArrowNode = { kind: 'values', leaf: index };
    const node = item.sequences.reduceRight<ArrowNode>(
      (inner, length, level) => ({ kind: 'list', length, level, item: inner }),
      values,
    );
    return { name: item.key, node };
  });
  return { root: { kind: 'struct', fields }, leaves, metadata: {} };
}

async function readAll(file: Uint8Array, schema: ArrowSchema): Promise<ColumnBatch[]> {
  const batches: ColumnBatch[] = [];
  for await (const batch of await openArrow(sourceOf(file), schema, 'theirs.arrow')) batches.push(batch);
  return batches;
}

async function failure(file: Uint8Array, schema: ArrowSchema): Promise<DatasetsError> {
  try {
    await readAll(file, schema);
  } catch (error) {
    if (error instanceof DatasetsError) return error;
    throw error;
  }
  return assert.fail('a file that does not fit was read');
}

type Columns = Readonly<Record<string, { readonly type: string; readonly values: readonly unknown[] }>>;

describe('Arrow streams of other writers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'arrow-foreign-'));
  after(() => rmSync(folder, { recursive: true }));

  async function write(oracle: Oracle, columns: Columns, batchRows?: number): Promise<Uint8Array> {
    const file = join(folder, 'theirs.arrow');
    await oracle.call('arrow.write_stream', { file, columns, batch_rows: batchRows });
    return readFileSync(file);
  }

  it('are found by the names of their columns, whatever else they hold', async function () {
    const oracle = requireOracle(this);
    const file = await write(
      oracle,
      {
        labels: { type: 'pa.dictionary(pa.int32(), pa.string())', values: ['a', 'b', 'a'] },
        before: { type: 'pa.timestamp("us")', values: [1, 2, 3] },
        pairs: { type: 'pa.map_(pa.string(), pa.int32())', values: [{ k: 1 }, {}, null] },
        text: { type: 'pa.string()', values: ['a', 'é', ''] },
        number: { type: 'pa.int64()', values: [1, -1, 9007199254740993n] },
        after: { type: 'pa.string_view()', values: ['x', 'y', 'z'] },
      },
      2,
    );
    const schema = schemaOf(leaf('number', 'int64'), leaf('text', 'string', { text: true }));
    const batches = await readAll(file, schema);
    assert.deepEqual(
      batches.map((batch) => batch.rows),
      [2, 1],
    );
    const numbers = batches.map((batch) => batch.columns[0]?.values);
    const expected = [BigInt64Array.of(1n, -1n), BigInt64Array.of(9007199254740993n)];
    assert.deepEqual(
      numbers,
      expected.map((data) => ({ kind: 'numeric', data })),
    );
  });

  it('may have large and fixed-size lists, and large strings', async function () {
    const oracle = requireOracle(this);
    const schema = schemaOf(
      leaf('fixed', 'int32', { sequences: [2] }),
      leaf('list', 'float32', { sequences: [null] }),
      leaf('matrix', 'uint8', { shape: [2, 2] }),
      leaf('text', 'string', { text: true }),
    );
    const values = {
      fixed: [
        [1, 2],
        [3, 4],
      ],
      list: [
        [0.5, -1],
        [2, 3],
      ],
      matrix: [
        [
          [1, 2],
          [3, 4],
        ],
        [
          [5, 6],
          [7, 255],
        ],
      ],
      text: ['one', 'zwei'],
    };
    const plain = await write(oracle, {
      fixed: { type: 'pa.list_(pa.int32(), 2)', values: values.fixed },
      list: { type: 'pa.list_(pa.float32())', values: values.list },
      matrix: { type: 'pa.list_(pa.list_(pa.uint8(), 2), 2)', values: values.matrix },
      text: { type: 'pa.string()', values: values.text },
    });
    const expected = (await readAll(plain, schema)).map(plainBatch);
    const other = await write(oracle, {
      fixed: { type: 'pa.list_(pa.int32())', values: values.fixed },
      list: { type: 'pa.list_(pa.float32(), 2)', values: values.list },
      matrix: { type: 'pa.large_list(pa.list_(pa.uint8()))', values: values.matrix },
      text: { type: 'pa.large_binary()', values: values.text.map((text) => new Uint8Array(Buffer.from(text))) },
    });
    assert.deepEqual((await readAll(other, schema)).map(plainBatch), expected);
  });

  it('may have nulls where a leaf is optional', async function () {
    const oracle = requireOracle(this);
    const file = await write(oracle, {
      tensor: { type: 'pa.list_(pa.float32(), 2)', values: [null, [1, 2], null, [3, 4]] },
      text: { type: 'pa.string()', values: ['a', null, 'b', null] },
    });
    const [batch] = await readAll(
      file,
      schemaOf(leaf('tensor', 'float32', { shape: [2], optional: true }), leaf('text', 'string', { optional: true })),
    );
    const [tensors, texts] = batch?.columns ?? [];
    assert.deepEqual([...(tensors?.presence ?? [])], [0, 1, 0, 1]);
    assert.deepEqual(tensors?.values, { kind: 'numeric', data: Float32Array.of(1, 2, 3, 4) });
    assert.deepEqual([...(texts?.presence ?? [])], [1, 0, 1, 0]);
    assert.equal(texts?.values.kind === 'bytes' && Buffer.from(texts.values.bytes).toString(), 'ab');
  });

  describe('are refused, with the column,', () => {
    const cases: readonly [string, Columns, Leaf, RegExp][] = [
      ['without it', { other: { type: 'pa.int64()', values: [1] } }, leaf('n', 'int64'), /'n' is missing/],
      [
        'with another type',
        { n: { type: 'pa.int32()', values: [1] } },
        leaf('n', 'int64'),
        /'n' has the type int32, expected int64/,
      ],
      ['with a null', { n: { type: 'pa.int64()', values: [1, null] } }, leaf('n', 'int64'), /'n' holds a null/],
      [
        'with a null list',
        { n: { type: 'pa.list_(pa.int64())', values: [[1], null] } },
        leaf('n', 'int64', { sequences: [null] }),
        /'n' holds a null/,
      ],
      [
        'with lists of another length',
        { n: { type: 'pa.list_(pa.int64())', values: [[1, 2], [1]] } },
        leaf('n', 'int64', { sequences: [2] }),
        /not of length 2/,
      ],
      [
        'with a ragged tensor',
        { n: { type: 'pa.list_(pa.list_(pa.int64()))', values: [[[1, 2], [1]]] } },
        leaf('n', 'int64', { shape: [2, null] }),
        /lists of several lengths/,
      ],
      [
        'without lists',
        { n: { type: 'pa.int64()', values: [1] } },
        leaf('n', 'int64', { sequences: [null] }),
        /'n' has the type int64, expected a list/,
      ],
      [
        'with a dictionary',
        { n: { type: 'pa.dictionary(pa.int32(), pa.string())', values: ['a'] } },
        leaf('n', 'string'),
        /'n' has the type dictionary, expected binary/,
      ],
    ];
    for (const [name, columns, item, message] of cases) {
      it(name, async function () {
        const error = await failure(await write(requireOracle(this), columns), schemaOf(item));
        assert.match(error.message, message);
        assert.match(error.message, /^theirs\.arrow/);
        assert.equal(error.at.file, 'theirs.arrow');
      });
    }
  });

  it('are refused when they are compressed, or of the file format', async function () {
    const oracle = requireOracle(this);
    const script = `import sys, pyarrow as pa
table = pa.table({'n': pa.array(range(1000))})
with pa.OSFile(sys.argv[1], 'wb') as f, pa.ipc.new_stream(f, table.schema, options=pa.ipc.IpcWriteOptions(compression='zstd')) as w: w.write_table(table)
with pa.OSFile(sys.argv[2], 'wb') as f, pa.ipc.new_file(f, table.schema) as w: w.write_table(table)`;
    const files = [join(folder, 'zstd.arrow'), join(folder, 'file.arrow')] as const;
    const { exitCode, stderr } = await oracle.script(['-c', script, ...files]);
    assert.equal(exitCode, 0, stderr);
    const compressed = await failure(readFileSync(files[0]), schemaOf(leaf('n', 'int64')));
    assert.equal(compressed.code, 'UNSUPPORTED');
    assert.match(compressed.message, /compressed with zstd/);
    const wrongFormat = await failure(readFileSync(files[1]), schemaOf(leaf('n', 'int64')));
    assert.match(wrongFormat.message, /it is an Arrow file, not an Arrow stream/);
  });

  it('are refused where they were cut short or changed, and never read past their end', async function () {
    const oracle = requireOracle(this);
    const schema = schemaOf(leaf('l', 'int32', { sequences: [null] }), leaf('t', 'string', { optional: true }));
    const file = await write(oracle, {
      l: { type: 'pa.list_(pa.int32())', values: [[1, 2], [], [3]] },
      t: { type: 'pa.string()', values: ['abc', null, 'd'] },
    });
    const endMark = 8;
    for (let length = 0; length < file.length - endMark; length++) {
      // Cut exactly behind a message, a stream is whole: the end mark may be left out.
      const read = await readAll(file.subarray(0, length), schema).catch((error: unknown) => error);
      if (Array.isArray(read)) assert.equal(read.length, 0);
      else assert.ok(read instanceof DatasetsError && read.code === 'DATA_CORRUPT', `cut at ${length}: ${read}`);
    }
    await fc.assert(
      fc.asyncProperty(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const damaged = Uint8Array.from(file);
        damaged[at] = (damaged[at] ?? 0) ^ flip;
        const read = await readAll(damaged, schema).catch((error: unknown) => error);
        if (!Array.isArray(read)) assert.ok(read instanceof DatasetsError, `byte ${at} ^ ${flip}: ${read}`);
      }),
      { numRuns: 1000 },
    );
  });
});
