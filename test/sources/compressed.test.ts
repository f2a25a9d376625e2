import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { csv, idx, json, jsonl, type Source, textLines, tfrecord } from '../../src/sources/index.js';
import { requireOracle } from '../oracle/index.js';
import { readAll, TemporaryFolder } from './read-all.js';

const rows = Array.from({ length: 12_000 }, (_, id) => ({ id, name: `näme ${id}`, score: id / 7 }));
const text = (parts: readonly string[]): Uint8Array => new Uint8Array(Buffer.from(parts.join('')));
const idxHead = Buffer.from([0, 0, 8, 1, 0, 1, 0x11, 0x70]);

/** The same content for each kind of file, and how it is read. */
const kinds: Readonly<Record<string, readonly [content: Uint8Array, read: (file: string) => Source<unknown>]>> = {
  csv: [text(['id,name\n', ...rows.map(({ id, name }) => `${id},"${name}"\r\n`)]), (file) => csv(file)],
  jsonl: [text(rows.map((row) => `${JSON.stringify(row)}\n`)), (file) => jsonl(file)],
  json: [text([JSON.stringify(rows, undefined, 1)]), (file) => json(file)],
  txt: [text(rows.map(({ name }) => `${name}\n`)), (file) => textLines(file)],
  idx: [new Uint8Array(Buffer.concat([idxHead, Buffer.alloc(70_000, 7)])), (file) => idx(file)],
};

describe('compressed files', () => {
  let folder: TemporaryFolder;
  before(() => {
    folder = new TemporaryFolder();
  });
  after(() => folder.remove());

  for (const [kind, [content, read]] of Object.entries(kinds)) {
    it(`give what the plain one gives: zstd of ${kind}, by pyarrow, of one frame and of several`, async function () {
      const oracle = requireOracle(this);
      const plain = await readAll(read(folder.write(`rows.${kind}`, content)), folder.context);
      const name = `rows.${kind}.zst`;
      const third = Math.floor(content.length / 3);
      for (const sized of [true, false]) {
        for (const frames of [[content], [content.slice(0, third), new Uint8Array(0), content.slice(third)]]) {
          await oracle.call('sources.write_zstd', { file: folder.file(name), frames, sized });
          const unpacked = await readAll(read(name), folder.context);
          assert.deepEqual(unpacked.elements, plain.elements);
          assert.deepEqual(
            unpacked.positions,
            plain.positions.map((position) => position.replace(`rows.${kind}`, name)),
          );
          assert.deepEqual(
            unpacked.shards,
            plain.shards.map((shard) => shard.replace(`rows.${kind}`, name)),
          );
        }
      }
    });
  }

  it('give what the plain one gives: zstd of TFRecord', async function () {
    const oracle = requireOracle(this);
    const records = rows.slice(0, 500).map(({ name }) => text([name]));
    await oracle.call('tf.write_records', { file: folder.file('plain.tfrecord'), records });
    const frames = [new Uint8Array(readFileSync(folder.file('plain.tfrecord')))];
    await oracle.call('sources.write_zstd', { file: folder.file('rows.tfrecord.zst'), frames });
    assert.deepEqual((await readAll(tfrecord('rows.tfrecord.zst'), folder.context)).elements, records);
  });

  it('are unpacked at every level, with frames between them that hold nothing', async function () {
    const [content, read] = kinds['jsonl'] ?? assert.fail();
    const oracle = requireOracle(this);
    const plain = await readAll(read(folder.write('levels.jsonl', content)), folder.context);
    const skipped = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
    for (const level of [-5, 1, 19]) {
      await oracle.call('sources.write_zstd', { file: folder.file('levels.jsonl.zst'), frames: [content], level });
      const packed = readFileSync(folder.file('levels.jsonl.zst'));
      writeFileSync(folder.file('levels.jsonl.zst'), Buffer.concat([skipped, packed, skipped, skipped]));
      assert.deepEqual((await readAll(read('levels.jsonl.zst'), folder.context)).elements, plain.elements);
    }
  });

  it('that were cut short or damaged are never taken for whole ones', async function () {
    const content = text(rows.slice(0, 500).map((row) => `${JSON.stringify(row)}\n`));
    await requireOracle(this).call('sources.write_zstd', {
      file: folder.file('whole.jsonl.zst'),
      frames: [content, content],
    });
    const whole = readFileSync(folder.file('whole.jsonl.zst'));
    const frameBytes = whole.length / 2;
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), async (length) => {
        writeFileSync(folder.file('short.jsonl.zst'), whole.subarray(0, length));
        const read = readAll(jsonl('short.jsonl.zst'), folder.context);
        if (length === 0 || length === frameBytes) {
          assert.equal((await read).elements.length, length === 0 ? 0 : 500);
          return;
        }
        await assert.rejects(read, { code: 'SOURCE_MALFORMED', message: /^short.jsonl.zst/ });
      }),
      { numRuns: 100 },
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const damaged = Buffer.from(whole);
        damaged[at] = (damaged[at] ?? 0) ^ flip;
        writeFileSync(folder.file('damaged.jsonl.zst'), damaged);
        // What is damaged in the text itself shows as other values, or as no JSON.
        await readAll(jsonl('damaged.jsonl.zst'), folder.context).catch((error: { code?: string }) => {
          assert.equal(error.code, 'SOURCE_MALFORMED', String(error));
        });
      }),
      { numRuns: 200 },
    );
  });

  it('whose frames have checksums are read, and refused where anything of them is damaged', async function () {
    const content = text(rows.slice(0, 300).map((row) => `${JSON.stringify(row)}\n`));
    const file = folder.file('checked.jsonl.zst');
    const tiny = text(['{"id":1}\n']);
    await requireOracle(this).call('sources.write_checked_zstd', {
      file,
      frames: [content, tiny, new Uint8Array(0), tiny],
    });
    const whole = readFileSync(file);
    const wanted = [...rows.slice(0, 300), { id: 1 }, { id: 1 }];
    assert.deepEqual((await readAll(jsonl('checked.jsonl.zst'), folder.context)).elements, wanted);
    const damage = async (at: number, flip: number) => {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ flip;
      writeFileSync(file, damaged);
      return (await readAll(jsonl('checked.jsonl.zst'), folder.context)).elements;
    };
    await assert.rejects(damage(whole.length - 1, 1), {
      code: 'SOURCE_MALFORMED',
      message: 'checked.jsonl.zst: is not a complete zstd file: the checksum of a frame does not match its content',
    });
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const read = await damage(at, flip).catch((error: { code?: string; message: string }) => {
          assert.equal(error.code, 'SOURCE_MALFORMED', String(error));
          assert.match(error.message, /^checked\.jsonl\.zst/);
          refused++;
          return undefined;
        });
        // A bit of a frame's header may mean nothing for its content, and never another content.
        if (read !== undefined) assert.deepEqual(read, wanted);
      }),
      { numRuns: 200 },
    );
    assert.ok(refused > 150, `${refused} of 200`);
  });

  it('that ask for more memory than 128 MiB, that need a dictionary, or are of another format are refused', async () => {
    const head = [0x28, 0xb5, 0x2f, 0xfd];
    for (const [bytes, why] of [
      [[...head, 0x00, 0x90, 1, 0, 0], /asks for a window of 268435456 bytes/],
      [[...head, 0xe0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0], /asks for a window of 4294967297 bytes/],
      [[...head, 0x21, 0x05, 4, 0x21, 0, 0, 1, 2, 3, 4], /with a dictionary/],
      [[...gzipSync('{}')], /no Zstandard frame/],
    ] as const) {
      writeFileSync(folder.file('bad.jsonl.zst'), Buffer.from(bytes));
      await assert.rejects(readAll(jsonl('bad.jsonl.zst'), folder.context), (error: Error & { code: string }) => {
        assert.equal(error.code, 'SOURCE_MALFORMED');
        assert.match(error.message, /bad.jsonl.zst: is not a complete zstd file/);
        assert.match(String(error.cause), why);
        return true;
      });
    }
  });
});
