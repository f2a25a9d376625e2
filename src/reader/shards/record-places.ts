import { DatasetsError } from '../../core/errors/index.js';
import {
  frameHeaderBytes,
  frameOverheadBytes,
  IndexBlock,
  type IndexHeader,
  indexBlockRange,
  indexHeaderBytes,
  type RecordPlace,
  readIndexHeader,
  TFRecordScanner,
} from '../../formats/index.js';
import type { ShardPiece } from '../split/shard-pieces.js';
import { LeastRecentlyUsed } from './least-recently-used.js';
import type { OpenedShard, ShardFiles } from './shard-files.js';

type Shard = Pick<ShardPiece, 'split' | 'shard'>;

/** Blocks of indices that are kept: 112 KiB each. */
const keptBlocks = 32;
/** Shards without an index whose frames are known: every 256th is kept. */
const keptScans = 64;
const scanStride = 256;
const scanChunkBytes = 1 << 20;

/**
 * Finds where a record starts in its TFRecord file: through the key index, or, in data that tfds prepared, by reading the lengths of all
 * frames once.
 */
export class RecordPlaces {
  readonly #files: ShardFiles;
  readonly #headers = new LeastRecentlyUsed<IndexHeader>(keptBlocks);
  readonly #blocks = new LeastRecentlyUsed<IndexBlock>(keptBlocks);
  readonly #scans = new LeastRecentlyUsed<Float64Array>(keptScans);

  constructor(files: ShardFiles) {
    this.#files = files;
  }

  /**
   * @param record number of the record in the shard.
   * @throws DatasetsError DATA_CORRUPT
   */
  async place(shard: Shard, record: number): Promise<RecordPlace> {
    return this.#files.has('index', shard) ? this.#indexed(shard, record) : this.#scanned(shard, record);
  }

  async #indexed(shard: Shard, record: number): Promise<RecordPlace> {
    const name = `${shard.split} ${shard.shard}`;
    const header = await this.#headers.get(name, () =>
      this.#withFile('index', shard, async ({ source, file }) =>
        readIndexHeader(await source.read(0, indexHeaderBytes), file),
      ),
    );
    const number = Math.floor(record / header.recordsPerBlock);
    const block = await this.#blocks.get(`${name} ${number}`, () =>
      this.#withFile('index', shard, async ({ source, file }) => {
        const range = indexBlockRange(header, number);
        const bytes = await source.read(range.offset, range.bytes);
        if (bytes.length < range.bytes) throw truncated(file, source.bytes);
        return new IndexBlock(range, bytes);
      }),
    );
    return block.place(record - block.firstRecord);
  }

  async #scanned(shard: Shard, record: number): Promise<RecordPlace> {
    const name = `${shard.split} ${shard.shard}`;
    const starts = await this.#scans.get(name, () => this.#withFile('tfrecord', shard, scanFrames));
    return this.#withFile('tfrecord', shard, async (opened) => {
      let place = await readPlace(opened, starts[Math.floor(record / scanStride)] ?? opened.source.bytes);
      for (let skip = record % scanStride; skip > 0; skip--) {
        place = await readPlace(opened, place.offset + place.bytes + frameOverheadBytes);
      }
      return place;
    });
  }

  async #withFile<T>(format: 'index' | 'tfrecord', shard: Shard, use: (opened: OpenedShard) => Promise<T>): Promise<T> {
    const opened = await this.#files.open(format, shard);
    try {
      return await use(opened);
    } finally {
      await opened.source.close();
    }
  }
}

async function readPlace({ source, file }: OpenedShard, offset: number): Promise<RecordPlace> {
  const head = await source.read(offset, frameHeaderBytes);
  const scanner = new TFRecordScanner({ file, fileOffset: offset });
  const frameBytes = scanner.frameBytes(head, 0, head.length);
  if (frameBytes === undefined || offset + frameBytes > source.bytes) throw truncated(file, offset);
  return { offset, bytes: frameBytes - frameOverheadBytes };
}

/** Where every 256th frame starts. Records themselves are skipped, and not read where they are longer than a chunk. */
async function scanFrames({ source, file }: OpenedShard): Promise<Float64Array> {
  const starts: number[] = [];
  const scanner = new TFRecordScanner({ file, verify: false });
  let chunk = new Uint8Array(0);
  let chunkOffset = 0;
  let records = 0;
  for (let offset = 0; offset < source.bytes; records++) {
    if (offset + frameHeaderBytes > chunkOffset + chunk.length) {
      chunk = (await source.read(offset, scanChunkBytes)) as Uint8Array<ArrayBuffer>;
      chunkOffset = offset;
    }
    const frameBytes = scanner.frameBytes(chunk, offset - chunkOffset, chunk.length, chunkOffset);
    if (frameBytes === undefined || offset + frameBytes > source.bytes) throw truncated(file, offset);
    if (records % scanStride === 0) starts.push(offset);
    offset += frameBytes;
  }
  return Float64Array.from(starts);
}

function truncated(file: string, offset: number): DatasetsError {
  return new DatasetsError('DATA_CORRUPT', `${file} ends inside the record at byte ${offset}`, {
    hint: 'The file was cut short while it was written or copied. Restore it or build the version again.',
    at: { file, offset },
  });
}
