import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { crc32c } from '../../src/core/checksum/index.js';
import { DatasetsError } from '../../src/core/errors/index.js';
import {
  createTFRecordWriter,
  readTFRecords,
  type TFRecordReadOptions,
  TFRecordScanner,
} from '../../src/formats/index.js';
import { requireOracle } from '../oracle/index.js';

function frame(records: readonly Uint8Array[], chunkBytes?: number): Buffer {
  const chunks: Uint8Array[] = [];
  const writer = createTFRecordWriter(
    (chunk, crc) => {
      // The writer joins it from those of the records; here it is taken over the bytes.
      assert.equal((crc ?? assert.fail('no checksum')) >>> 0, crc32c(chunk));
      chunks.push(chunk.slice());
    },
    chunkBytes === undefined ? {} : { chunkBytes },
  );
  for (const record of records) writer.append(record);
  writer.flush();
  assert.equal(
    writer.position,
    chunks.reduce((sum, chunk) => sum + chunk.length, 0),
  );
  assert.equal(writer.records, records.length);
  return Buffer.concat(chunks);
}

async function read(chunks: readonly Uint8Array[], options: Partial<TFRecordReadOptions> = {}): Promise<Uint8Array[]> {
  const records: Uint8Array[] = [];
  for await (const block of readTFRecords(chunks, { file: 'a.tfrecord', ...options })) {
    for (let i = 0; i < block.count; i++)
      records.push(Uint8Array.from(block.bytes.subarray(block.starts[i], block.ends[i])));
  }
  return records;
}

/** Cuts a file into chunks at any places. */
function cut(file: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...places.map((place) => place % (file.length + 1)), file.length].sort((a, b) => a - b);
  return ends.map((end, i) => new Uint8Array(file.subarray(ends[i - 1] ?? 0, end)));
}

async function failure(file: Uint8Array, options: Partial<TFRecordReadOptions> = {}): Promise<DatasetsError> {
  try {
    await read([file], options);
  } catch (error) {
    if (error instanceof DatasetsError) return error;
    throw error;
  }
  return assert.fail('a damaged file was read');
}

const three = [Buffer.from('one'), new Uint8Array(0), Buffer.alloc(300, 'x')];
/** Frames are 16 bytes longer than their records. */
const starts = [0, 19, 35];

describe('TFRecord files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tfrecord-test-'));
  after(() => rmSync(folder, { recursive: true }));

  it('give back the records, however they are cut into chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 10 }),
        fc.array(fc.nat(), { maxLength: 8 }),
        fc.integer({ min: 1, max: 200 }),
        async (records, places, chunkBytes) => {
          assert.deepEqual(await read(cut(frame(records, chunkBytes), places)), records);
        },
      ),
    );
  });

  it('are read by TensorFlow, which verifies the checksums', async function () {
    const oracle = requireOracle(this);
    const file = join(folder, 'ours.tfrecord');
    const records = [...three.map((record) => new Uint8Array(record)), new Uint8Array(20_000).fill(7)];
    writeFileSync(file, frame(records, 100));
    assert.deepEqual(await oracle.call('tf.read_records', { files: [file] }), records);
  });

  it('that TensorFlow wrote have the same bytes as ours', async function () {
    const oracle = requireOracle(this);
    const file = join(folder, 'theirs.tfrecord');
    await oracle.call('tf.write_records', { file, records: three.map((record) => new Uint8Array(record)) });
    assert.deepEqual(readFileSync(file), frame(three));
  });

  it('may be scanned in place, a block at a time', () => {
    const records = Array.from({ length: 10_000 }, (_, i) => Buffer.from(`record ${i}`));
    const file = frame(records);
    const scanner = new TFRecordScanner({ file: 'a.tfrecord' });
    const found: string[] = [];
    for (let at = 0; scanner.scan(file, at, file.length) > 0; at = scanner.next) {
      for (let i = 0; i < scanner.count; i++) found.push(file.toString('latin1', scanner.starts[i], scanner.ends[i]));
    }
    assert.deepEqual(found, records.map(String));
  });

  it('tell of a wrong checksum with the file and the byte offset of the record', async () => {
    for (const [record, start] of starts.entries()) {
      const length = frame(three);
      length.writeUInt8((length[start] ?? 0) ^ 1, start);
      const lengthError = await failure(length);
      assert.equal(lengthError.code, 'DATA_CORRUPT');
      assert.match(lengthError.message, new RegExp(`a.tfrecord: the record at byte ${start} .*checksum of its length`));
      assert.deepEqual(lengthError.at, { file: 'a.tfrecord', offset: start });

      const data = frame(three);
      const last = start + 12 + (three[record]?.length ?? 0);
      data.writeUInt8((data[last] ?? 0) ^ 1, last);
      const dataError = await failure(data, { fileOffset: 1000 });
      assert.match(
        dataError.message,
        new RegExp(`the record at byte ${1000 + start} .*checksum of its ${three[record]?.length} bytes`),
      );
    }
  });

  it('deliver records with wrong data when asked not to verify', async () => {
    const file = frame(three);
    file.write('O', 12);
    assert.deepEqual((await read([file], { verify: false }))[0], new Uint8Array(Buffer.from('One')));
  });

  it('tell where they were cut short', async () => {
    const file = frame(three);
    for (let length = 0; length < file.length; length++) {
      if (starts.includes(length)) continue;
      const error = await failure(file.subarray(0, length));
      const start = starts.findLast((at) => at < length);
      assert.equal(error.code, 'DATA_CORRUPT');
      assert.match(
        error.message,
        new RegExp(`a.tfrecord: the file ends at byte ${length}, inside the record that starts at byte ${start}$`),
      );
    }
  });

  it('that are none are refused at their first byte', async () => {
    const error = await failure(Buffer.from('PAR1 this is no TFRecord file'));
    assert.deepEqual(error.at, { file: 'a.tfrecord', offset: 0 });
  });
});
