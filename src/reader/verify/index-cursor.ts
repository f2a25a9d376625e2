import { DatasetsError } from '../../core/errors/index.js';
import {
  IndexBlock,
  type IndexHeader,
  indexBlockRange,
  indexHeaderBytes,
  readIndexHeader,
} from '../../formats/index.js';
import type { OpenedShard, ShardFiles } from '../shards/shard-files.js';
import type { ShardPiece } from '../split/shard-pieces.js';

/** Goes through a shard's index in order, one block in memory. */
export class IndexCursor {
  readonly header: IndexHeader;
  readonly file: string;
  readonly #opened: OpenedShard;
  #block: IndexBlock | undefined;

  private constructor(opened: OpenedShard, header: IndexHeader) {
    this.#opened = opened;
    this.header = header;
    this.file = opened.file;
  }

  /** @throws DatasetsError DATA_CORRUPT when the index is none, or of another shard. */
  static async open(files: ShardFiles, shard: Pick<ShardPiece, 'split' | 'shard'>): Promise<IndexCursor> {
    const opened = await files.open('index', shard);
    try {
      const header = readIndexHeader(await opened.source.read(0, indexHeaderBytes), opened.file);
      const cursor = new IndexCursor(opened, header);
      const shardCount = files.info.splits.find((split) => split.name === shard.split)?.shards.length;
      const { examples } = files.shard(shard);
      if (header.records !== examples || header.shard !== shard.shard || header.shardCount !== shardCount) {
        throw cursor.corrupt(
          `is the index of shard ${header.shard} of ${header.shardCount} with ${header.records} records`,
          0,
        );
      }
      return cursor;
    } catch (error) {
      await opened.source.close();
      throw error;
    }
  }

  /** Whether a record is in the block that is in memory; otherwise `load` it. */
  has(record: number): boolean {
    const block = this.#block;
    return block !== undefined && record >= block.firstRecord && record < block.firstRecord + block.records;
  }

  async load(record: number): Promise<void> {
    const number = Math.floor(record / this.header.recordsPerBlock);
    const range = indexBlockRange(this.header, number);
    const bytes = await this.#opened.source.read(range.offset, range.bytes);
    if (range.records <= 0 || bytes.length < range.bytes) throw this.corrupt('is cut short', range.offset);
    this.#block = new IndexBlock(range, bytes);
  }

  /** The block that holds a record, after `load`. */
  block(record: number): IndexBlock {
    if (this.#block !== undefined && this.has(record)) return this.#block;
    throw this.corrupt(`has no record ${record}`);
  }

  /** @param offset in the index; left out where its values don't fit others'. */
  corrupt(what: string, offset?: number): DatasetsError {
    return new DatasetsError('DATA_CORRUPT', `${this.file} ${what}`, {
      hint: 'The file is not the one that was published. Restore it, or build the version again.',
      at: { file: this.file, ...(offset !== undefined && { offset }) },
    });
  }

  async close(): Promise<void> {
    await this.#opened.source.close();
  }
}
