import type { BuilderDefinition } from '../../builder/index.js';
import { readSnapshot, splitSnapshotConfig } from '../../core/snapshots/index.js';
import { lastAttested, type Registry, readManifest, versionPath } from '../../registry/index.js';
import type { CheckedAge } from './check-report.js';
import type { PublishedVersion } from './published.js';

/**
 * How old the newest data of a config is. Of a data set with snapshots that is the time since the end of the newest one's period, whenever it was built; of others the time since the newest version was built, or a build
 * last gave the same content. What was yanked does not count.
 */
export async function ageOf(
  { name: dataset, snapshots: period, freshnessSeconds }: BuilderDefinition,
  config: string | undefined,
  published: readonly PublishedVersion[],
  registry: Registry,
  now: Date,
): Promise<CheckedAge> {
  const usable = published.filter(({ isYanked }) => !isYanked);
  const newest =
    period === undefined
      ? await newestVersion(
          usable.find((version) => version.config === config),
          registry,
        )
      : newestOf(
          usable.flatMap(({ reference, config: name }) => {
            const parts = splitSnapshotConfig(name);
            const snapshot = parts.snapshot === undefined ? undefined : readSnapshot(period, parts.snapshot);
            return snapshot === undefined || parts.config !== config ? [] : [{ reference, upTo: snapshot.to }];
          }),
        );
  const ageSeconds = newest?.upTo && Math.max(0, (now.getTime() - newest.upTo.getTime()) / 1000);
  return {
    ...{ dataset, config, newest: newest?.reference, upTo: newest?.upTo?.toISOString(), ageSeconds, freshnessSeconds },
    isLate: freshnessSeconds !== undefined && (ageSeconds === undefined || ageSeconds > freshnessSeconds),
  };
}

interface Newest {
  readonly reference: string;
  /** undefined for a version without a manifest: nobody knows when it was made. */
  readonly upTo: Date | undefined;
}

async function newestVersion(version: PublishedVersion | undefined, registry: Registry): Promise<Newest | undefined> {
  if (version === undefined) return undefined;
  const { reference } = version;
  const manifest = await readManifest(registry.storage, versionPath(version));
  if (manifest === undefined) return { reference, upTo: undefined };
  const attested = await lastAttested(registry, version, manifest.contentDigest);
  const built = new Date(manifest.createdAt);
  return { reference, upTo: attested !== undefined && attested > built ? attested : built };
}

function newestOf(snapshots: readonly { readonly reference: string; readonly upTo: Date }[]): Newest | undefined {
  return snapshots.reduce<(typeof snapshots)[number] | undefined>(
    (newest, snapshot) => (newest !== undefined && newest.upTo >= snapshot.upTo ? newest : snapshot),
    undefined,
  );
}
