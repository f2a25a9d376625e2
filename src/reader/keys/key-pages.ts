import type { VersionInfo } from '../../registry/index.js';
import { ShardFiles } from '../shards/shard-files.js';
import { IndexCursor } from '../verify/index-cursor.js';
import type { VersionFiles } from '../version-files.js';

/** A run of a split's keys in their order. */
export interface KeyPage {
  /** The number of its first example in the split. */
  readonly firstExample: number;
  readonly count: number;
  /** Four words a key: its hash as MD5 gives it, big-endian. Bytes are in order; words are once they are swapped. */
  readonly hashes: Uint32Array;
  /** Two words an example: the digest of its leaves (formats/record-hash.ts). */
  readonly digests: Uint32Array;
}

/** Whether every example of a version is known by the hash of its key: data that tfds prepared has no index, and what was taken in from outside has numbers in the place of hashes. */
export function hasKeys({ manifest, splits }: VersionInfo): boolean {
  return (
    manifest !== undefined &&
    manifest.external === undefined &&
    splits.every(({ shards }) => shards.every(({ files }) => files.index !== undefined))
  );
}

/**
 * Reads the keys of a split from the index of its shards: 24 bytes an example, one block of 4096 at a time, and nothing of the examples themselves.
 *
 * @throws DatasetsError DATA_CORRUPT for an index that is none, is of another shard, or whose keys are not in order
 */
export async function* readKeyPages(
  files: VersionFiles,
  info: VersionInfo,
  split: string,
): AsyncGenerator<KeyPage, void, undefined> {
  const shards = new ShardFiles(files, info);
  const pieces = (info.splits.find(({ name }) => name === split)?.shards ?? []).map((_, shard) => ({ split, shard }));
  let firstExample = 0;
  for (const [position, piece] of pieces.entries()) {
    const cursor = await IndexCursor.open(shards, piece);
    try {
      shards.announce('index', pieces, position);
      for (let record = 0; record < cursor.header.records; ) {
        await cursor.load(record);
        const block = cursor.block(record);
        const { hashWords: hashes, digestWords: digests } = block;
        checkOrder(hashes, record, cursor);
        yield { firstExample: firstExample + record, count: block.records, hashes, digests };
        record += block.records;
      }
      firstExample += cursor.header.records;
    } finally {
      await cursor.close();
    }
  }
}

/** By the first words alone, which is what a merge relies on most: all of it is `verify`'s to look at. */
function checkOrder(hashes: Uint32Array, firstRecord: number, cursor: IndexCursor): void {
  const bytes = new DataView(hashes.buffer, hashes.byteOffset, hashes.byteLength);
  for (let i = 16; i < hashes.byteLength; i += 16) {
    if (bytes.getUint32(i - 16) > bytes.getUint32(i)) {
      throw cursor.corrupt(`shows that record ${firstRecord + i / 16} is out of order`);
    }
  }
}
