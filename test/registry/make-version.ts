import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Crc32c } from '../../src/core/checksum/index.js';
import {
  type PublishedFile,
  type PublishedShard,
  type StagedVersion,
  shardFile,
  type VersionMetadata,
} from '../../src/registry/index.js';

export interface MadeUp {
  readonly formats?: readonly ('tfrecord' | 'arrow' | 'index')[];
  readonly shardCount?: number;
}

/** Writes shards of made-up bytes in each format, and returns metadata that fits: for tests of what no reader opens. */
export async function makeShards(
  staged: StagedVersion,
  content: string,
  { formats = ['tfrecord', 'arrow', 'index'], shardCount = 1 }: MadeUp = {},
): Promise<VersionMetadata> {
  const shards: PublishedShard[] = [];
  for (let shard = 0; shard < shardCount; shard++) {
    const files: PublishedFile[] = [];
    for (const format of formats) {
      const name = { dataset: staged.name, split: 'train', shard, shardCount };
      const path = join(staged.directory, shardFile(format, name));
      const bytes = Buffer.from(shardCount === 1 ? `${format} ${content}` : `${format} ${shard} ${content}`);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, bytes);
      const crc32c = new Crc32c().update(bytes).digestBase64();
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      files.push({ path, format, bytes: bytes.length, crc32c, sha256, examples: 3 });
    }
    shards.push({ shard, examples: 3, exampleBytes: 30, files });
  }
  return {
    info: { description: 'Numbers.\nThey are made up.', tags: ['made-up'], license: 'CC0-1.0' },
    featuresJson: { pythonClassName: 'tensorflow_datasets.core.features.features_dict.FeaturesDict' },
    namesFiles: { 'label.labels.txt': 'a\nb\n' },
    schema: { kind: 'record' },
    releaseNotes: { '1.0.0': 'First release.' },
    splits: [
      {
        name: 'train',
        examples: 3 * shardCount,
        exampleBytes: 30 * shardCount,
        contentDigest: createHash('sha256').update(content).digest('hex'),
        shards,
      },
    ],
    fingerprintParts: { code: 'x' },
    sources: [{ uri: 'numbers.csv', bytes: 12 }],
    engine: { name: 'test' },
    sdkVersion: '0.0.0',
    counters: {},
    createdAt: new Date('2026-11-21T00:00:00Z'),
  };
}
