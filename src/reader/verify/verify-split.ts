import type { ArrowSchema } from '../../formats/index.js';
import { recordFormats, type SplitInfo } from '../../registry/index.js';
import type { ShardFiles } from '../shards/shard-files.js';
import type { ReadFormat } from '../version-source.js';
import { ContentCheck } from './content-check.js';
import { IndexCursor } from './index-cursor.js';
import { KeyOrder } from './key-order.js';
import type { Problems } from './problems.js';
import { verifyColumnShard } from './verify-columns.js';
import type { VerifyProgress } from './verify-progress.js';
import { verifyTFRecordShard } from './verify-tfrecord.js';

/** Checks the shards of a split in each of their formats. */
export class SplitCheck {
  readonly #files: ShardFiles;
  readonly #schema: ArrowSchema;
  readonly #problems: Problems;
  readonly #progress: VerifyProgress;

  constructor(files: ShardFiles, schema: ArrowSchema, problems: Problems, progress: VerifyProgress) {
    this.#files = files;
    this.#schema = schema;
    this.#problems = problems;
    this.#progress = progress;
  }

  async verify(split: SplitInfo): Promise<void> {
    await this.#verifyOrder(split);
    for (const format of recordFormats) {
      if (split.shards.every((shard) => shard.files[format] !== undefined)) await this.#verifyFormat(split, format);
    }
  }

  async #verifyOrder(split: SplitInfo): Promise<void> {
    const order = new KeyOrder();
    for (const [shard, { files }] of split.shards.entries()) {
      if (files.index === undefined) continue;
      await this.#problems.check(files.index.path, () =>
        this.#withCursor(split, shard, async (cursor) => {
          if (cursor !== undefined) await order.verify(cursor);
        }),
      );
    }
  }

  async #verifyFormat(split: SplitInfo, format: ReadFormat): Promise<void> {
    // tf.Example has no float64: its values were rounded, and have another digest.
    const isExact = format !== 'tfrecord' || this.#schema.leaves.every((leaf) => leaf.dtype !== 'float64');
    const isIndexed = split.shards.every((shard) => shard.files.index !== undefined);
    const content = isExact && isIndexed ? new ContentCheck() : undefined;
    let allPassed = true;
    for (const [shard, { files }] of split.shards.entries()) {
      const path = files[format]?.path ?? '';
      const passed = await this.#problems.check(path, () => this.#verifyShard(split, shard, format, content));
      allPassed &&= passed;
    }
    const published = this.#files.info.manifest?.splits.find(({ name }) => name === split.name)?.contentDigest;
    if (content === undefined || published === undefined || !allPassed || content.finish() === published) return;
    this.#problems.add('manifest.json', `the content of ${split.name} (${format}) is not the one that was published`);
  }

  async #verifyShard(
    split: SplitInfo,
    shard: number,
    format: ReadFormat,
    content: ContentCheck | undefined,
  ): Promise<void> {
    const isOwn = this.#files.info.manifest?.external === undefined;
    const opened = await this.#files.open(format, { split: split.name, shard });
    const examples = split.shards[shard]?.examples ?? 0;
    try {
      await this.#withCursor(split, shard, async (cursor) => {
        const expected = { schema: this.#schema, leaves: this.#schema.leaves, examples, cursor, content };
        if (format === 'tfrecord') await verifyTFRecordShard(opened, expected, this.#progress);
        else await verifyColumnShard(opened, { ...expected, format, isOwn }, this.#progress);
      });
    } finally {
      await opened.source.close();
    }
  }

  async #withCursor(
    split: SplitInfo,
    shard: number,
    use: (cursor: IndexCursor | undefined) => Promise<void>,
  ): Promise<void> {
    const place = { split: split.name, shard };
    if (!this.#files.has('index', place)) return use(undefined);
    const cursor = await IndexCursor.open(this.#files, place);
    try {
      await use(cursor);
    } finally {
      await cursor.close();
    }
  }
}
