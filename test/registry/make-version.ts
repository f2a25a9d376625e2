import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Crc32c } from '../../src/core/checksum/index.js';
import { type PublishedFile, type StagedVersion, shardFile, type VersionMetadata } from '../../src/registry/index.js';

/** Writes one shard of made-up bytes for each format, and returns metadata that fits: for tests of what no reader opens. */
export async function makeShards(staged: StagedVersion, content: string): Promise<VersionMetadata> {
  const files: PublishedFile[] = [];
  for (const format of ['tfrecord', 'arrow', 'index'] as const) {
    const name = { dataset: staged.name, split: 'train', shard: 0, shardCount: 1 };
    const path = join(staged.directory, shardFile(format, name));
    const bytes = Buffer.from(`${format} ${content}`);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
    const crc32c = new Crc32c().update(bytes).digestBase64();
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    files.push({ path, format, bytes: bytes.length, crc32c, sha256, examples: 3 });
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
        examples: 3,
        exampleBytes: 30,
        contentDigest: createHash('sha256').update(content).digest('hex'),
        shards: [{ shard: 0, examples: 3, exampleBytes: 30, files }],
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
