import { rowWords } from '../features/index.js';
import { createFileSink, RecordIndexWriter } from '../formats/index.js';
import type { ShardTask, WrittenFile } from './contract.js';
import { RecordDigester } from './record-digest.js';
import type { SortedGroup } from './sorted-groups.js';

/** The key index of a shard, and the digests of the buckets that begin in it. */
export class IndexOutput {
  readonly #path: string;
  readonly #file;
  readonly #writer: RecordIndexWriter;
  readonly #digester = new RecordDigester();

  constructor({ indexFile, from, to, shard, shardCount }: ShardTask) {
    this.#path = indexFile;
    this.#file = createFileSink(indexFile);
    this.#writer = new RecordIndexWriter(this.#file.write, { records: to - from, shard, shardCount });
  }

  /** Bytes of the tf.Examples so far. */
  get exampleBytes(): number {
    return this.#writer.exampleBytes;
  }

  /** Adds the records `order[from .. to)`; those from `ownFrom` on belong to buckets that begin in this shard. */
  add({ words, order }: SortedGroup, from: number, to: number, ownFrom: number): void {
    for (let i = from; i < to; i++) {
      const row = (order[i] as number) >>> 2;
      this.#digester.add(words, row, i >= ownFrom);
      const exampleBytes = (words[row + rowWords.exampleBytes] as number) >>> 0;
      this.#writer.add(words, row, this.#digester.low, this.#digester.high, exampleBytes);
    }
  }

  /** Counts records of the next shards for the bucket that begins in this one. */
  addToBucketOnly({ words, order }: SortedGroup, from: number, to: number): void {
    for (let i = from; i < to; i++) this.#digester.add(words, (order[i] as number) >>> 2, true);
  }

  bucketDigests(): readonly { readonly bucket: number; readonly sha256: string }[] {
    return this.#digester.finish();
  }

  async finish(): Promise<WrittenFile> {
    this.#writer.finish();
    return { path: this.#path, format: 'index', examples: this.#writer.records, ...(await this.#file.close()) };
  }

  discard(): void {
    this.#file.discard();
  }
}
