import type { ResolvedConfig } from '../core/config/index.js';
import { type BuildReport, type Manifest, recordFormats } from '../registry/index.js';
import { publishedKey } from '../sources/index.js';
import type { BuildOptions } from './build-options.js';
import { isRetained } from './extracts/given-extracts.js';

/**
 * The options that build a published version again as it was published, without telling anybody: in its formats, for its time, from the versions that it was made from, with its numbers of shards, and from what its queries gave as far as that
 * is there.
 *
 * @param place where it is built: a registry of its own
 * @param report of the build that published it; without it, what only that says is the configuration's
 */
export function rebuildOptions(
  manifest: Manifest,
  config: ResolvedConfig,
  place: string,
  report?: BuildReport,
): BuildOptions {
  const numShards = sharedShardCount(manifest);
  const sample = sampleOf(manifest);
  return {
    config: { ...config, ...settingsOf(report), registry: place, formats: formatsOf(manifest), notifications: [] },
    upstream: { registry: config.registry, versions: upstreamVersions(manifest) },
    ...(numShards !== undefined && { numShards }),
    ...(sample !== undefined && { maxExamplesPerSplit: sample }),
    ...(manifest.snapshotTime !== undefined && { snapshotTime: new Date(manifest.snapshotTime) }),
    ...(isRetained(manifest) && { fromExtract: config.registry, runOtherQueries: true }),
    ...(report !== undefined && { seeds: report.seeds }),
  };
}

/** What decides where shards are cut, and which warehouse is asked. */
function settingsOf(report: BuildReport | undefined): Pick<Partial<ResolvedConfig>, 'maxShardBytes' | 'warehouse'> {
  if (report === undefined) return {};
  const { maxShardBytes, warehouse } = report.settings;
  const bytes = maxShardBytes?.value;
  const name = warehouse?.value;
  return {
    maxShardBytes: typeof bytes === 'number' ? bytes : undefined,
    ...((name === 'duckdb' || name === 'bigquery') && { warehouse: name }),
  };
}

/** It is made from the versions that it was made from, whatever its references mean now. */
function upstreamVersions({ lineage }: Manifest): NonNullable<BuildOptions['upstream']>['versions'] {
  const found = lineage.flatMap(({ name, config, version, contentDigest, reference, registry }) => {
    if (reference === undefined || contentDigest === undefined) return [];
    const upstream = { name, ...(config !== undefined && { config }), version, contentDigest };
    return [[publishedKey(reference, registry), upstream] as const];
  });
  return Object.fromEntries(found);
}

function formatsOf({ files }: Manifest): ResolvedConfig['formats'] {
  return recordFormats.filter((format) => files.some((file) => file.format === format));
}

/** The number of shards where all splits have the same; else tfds' rule has to give them again. */
function sharedShardCount({ splits }: Manifest): number | undefined {
  const counts = new Set(splits.map(({ shards }) => shards.length));
  const [count] = counts;
  return counts.size === 1 ? count : undefined;
}

/** As a fingerprint says that a version is one. */
function sampleOf({ fingerprint }: Manifest): number | undefined {
  const [, count] = /^the first (\d+) examples /.exec(fingerprint.parts['sample'] ?? '') ?? [];
  return count === undefined ? undefined : Number(count);
}
