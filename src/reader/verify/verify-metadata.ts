import { isDeepStrictEqual } from 'node:util';
import { type AnyFeature, toFeaturesJson } from '../../features/index.js';
import { type Manifest, parseDatasetInfo, versionFiles } from '../../registry/index.js';
import type { Storage } from '../../storage/index.js';
import type { Problems } from './problems.js';

/** Checks that what stock tfds reads says the same as the manifest: dataset_info.json its splits, features.json its schema. */
export async function verifyTfdsMetadata(
  storage: Storage,
  manifest: Manifest,
  schema: AnyFeature,
  problems: Problems,
): Promise<void> {
  const { datasetInfo, features } = versionFiles;
  await problems.check(datasetInfo, async () => {
    const bytes = await storage.read(datasetInfo);
    if (bytes === undefined) return;
    const info = parseDatasetInfo(bytes, datasetInfo);
    const theirs = info.splits.map((split) => [split.name, split.exampleBytes, split.shardLengths]);
    const ours = manifest.splits.map((split) => [
      split.name,
      split.exampleBytes,
      split.shards.map((shard) => shard.examples),
    ]);
    if (!isDeepStrictEqual(theirs, ours))
      problems.add(datasetInfo, `${datasetInfo} has other splits than the manifest`);
  });
  const bytes = await storage.read(features);
  if (bytes === undefined) return;
  // Through JSON, which has no undefined.
  const expected: unknown = JSON.parse(JSON.stringify(toFeaturesJson(schema)));
  if (!isDeepStrictEqual(parseJson(bytes), expected)) {
    problems.add(features, `${features} describes other features than the manifest's schema`);
  }
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    // Not JSON is another way of being different; its sha256 is reported as well.
    return undefined;
  }
}
