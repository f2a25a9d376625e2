import type { DatasetName } from '../../core/names/index.js';
import { defaultActor, writeAudit } from '../audit.js';
import { extractFolder, extractLeasePath, versionPath } from '../layout.js';
import { takeFreeLease } from '../lease/acquire-lease.js';
import type { Lease } from '../lease/lease.js';
import type { LeaseOptions } from '../lease/lease-options.js';
import { readManifest } from '../manifest.js';
import type { Registry } from '../registry.js';
import { claimedExtracts } from './extract-claims.js';
import { extractPathsOf } from './manifest-extracts.js';

/** An extract that no version and no build needs. */
export interface UnusedExtract {
  readonly name: DatasetName;
  /** Inside the registry. */
  readonly path: string;
  readonly bytes: number;
  /** `busy`: a build is noting what it needs. Undefined where nothing was to be removed. */
  readonly outcome: 'removed' | 'busy' | undefined;
}

export interface SweepOptions {
  /** Without it nothing is removed. */
  readonly remove: boolean;
  /** Paths of versions that are about to go, and are taken for gone. */
  readonly going: ReadonlySet<string>;
  readonly actor?: string | undefined;
  readonly lease?: Pick<LeaseOptions, 'timings' | 'clock' | 'process' | 'lifeOf'> | undefined;
}

/**
 * Finds the extracts of a data set that no version of it names and no build needs, and removes them.
 *
 * @throws DatasetsError MANIFEST_INVALID, FORMAT_TOO_NEW: a version that can't be read may need any
 */
export async function sweepExtracts(
  registry: Registry,
  name: DatasetName,
  options: SweepOptions,
): Promise<readonly UnusedExtract[]> {
  const { remove, lease: leaseOptions } = options;
  const entries = await registry.storage.list(`${name}/${extractFolder}`);
  if (entries.length === 0) return [];
  if (!remove) return unused(registry, name, options.going);
  const about = async () => ({ name, extracts: true, removal: true });
  const lease = await takeFreeLease(registry.storage, extractLeasePath(name), { ...leaseOptions, about });
  if (lease === undefined) {
    const busy = await unused(registry, name, options.going);
    return busy.map((extract) => ({ ...extract, outcome: 'busy' }));
  }
  try {
    return await removeUnused(registry, name, lease, options);
  } finally {
    await lease.release();
  }
}

async function removeUnused(
  registry: Registry,
  name: DatasetName,
  lease: Lease,
  { actor = defaultActor() }: SweepOptions,
): Promise<readonly UnusedExtract[]> {
  const removed: UnusedExtract[] = [];
  // What was to go and stayed is a version like any other now.
  for (const extract of await unused(registry, name, new Set())) {
    await lease.check();
    await registry.storage.delete(extract.path);
    const { path, bytes } = extract;
    await writeAudit(registry, { action: 'remove-extract', subject: { name }, actor, path, bytes });
    removed.push({ ...extract, outcome: 'removed' });
  }
  return removed;
}

async function unused(
  registry: Registry,
  name: DatasetName,
  going: ReadonlySet<string>,
): Promise<readonly UnusedExtract[]> {
  // Builds before versions: a build that is published meanwhile is in the one or in the other.
  const needed = new Set(await claimedExtracts(registry, name));
  for (const path of await namedExtracts(registry, name, going)) needed.add(path);
  const found: UnusedExtract[] = [];
  for await (const { path, bytes } of registry.storage.walk(`${name}/${extractFolder}`)) {
    if (!needed.has(path)) found.push({ name, path, bytes, outcome: undefined });
  }
  return found;
}

async function namedExtracts(
  registry: Registry,
  name: DatasetName,
  going: ReadonlySet<string>,
): Promise<readonly string[]> {
  const listing = await registry.listDataset(name);
  const { versions = [], configs = [] } = listing ?? {};
  const paths = [
    ...versions.map((version) => versionPath({ name, version })),
    ...configs.flatMap((each) => each.versions.map((version) => versionPath({ name, config: each.name, version }))),
  ];
  const named: string[] = [];
  for (const path of paths) {
    if (going.has(path)) continue;
    const manifest = await readManifest(registry.storage, path);
    if (manifest !== undefined) named.push(...extractPathsOf({ ...manifest, name }));
  }
  return named;
}
