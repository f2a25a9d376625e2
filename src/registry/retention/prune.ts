import { DatasetsError } from '../../core/errors/index.js';
import { type DatasetName, isConfigName, isDatasetName } from '../../core/names/index.js';
import { isLocalStorage, refuseGcsfuse } from '../../storage/index.js';
import { sweepExtracts, type UnusedExtract } from '../extracts/sweep-extracts.js';
import { versionPath } from '../layout.js';
import type { Registry } from '../registry.js';
import { sweepReports } from '../reports/sweep-reports.js';
import { planRetention, type RetentionDecision, type RetentionRules } from './plan-retention.js';
import {
  type RemovalOutcome,
  type RemoveOptions,
  removeVersion,
  settleRemoval,
  takeForRemoval,
} from './remove-version.js';
import { storedVersions } from './stored-versions.js';
import { listTombstones, type Tombstone } from './tombstone.js';

export interface PruneOptions extends RetentionRules, Partial<RemoveOptions> {
  /** Data sets to look at. Default: all of the registry. */
  readonly names?: readonly DatasetName[] | undefined;
  /** How many reports of builds are kept of each data set, beside those of versions that stay. Default: 200. */
  readonly keepReports?: number | undefined;
  /** Without it nothing is removed: the report says what would be. */
  readonly remove?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after each version that goes. */
  readonly onRemoved?: ((decision: PrunedVersion) => void) | undefined;
}

/** What was decided of a version, and what became of it. */
export interface PrunedVersion extends RetentionDecision {
  /** Undefined for a version that stays, and where nothing was to be removed. */
  readonly outcome: RemovalOutcome | undefined;
}

export interface PruneReport {
  readonly versions: readonly PrunedVersion[];
  /** Removals that somebody had begun and not ended; they were ended, or would be. */
  readonly unfinished: readonly Tombstone[];
  /** What queries gave and no version needs any more, or would. */
  readonly extracts: readonly UnusedExtract[];
  /** Paths of old reports of builds that were removed, or would be. */
  readonly reports: readonly string[];
}

/**
 * Removes versions that no rule keeps, what queries gave that no version needs any more, and old reports of builds. The newest of each data set and config always stays, also the newest that is not yanked, and so does what an alias stands for and what a version that
 * stays was made from.
 *
 * @throws DatasetsError USAGE without a rule, or with a rule that keeps nothing; DATASET_UNKNOWN; MANIFEST_INVALID, FORMAT_TOO_NEW for a version anywhere in the
 *   registry that can't be read: it may be made from any other; STORAGE_UNSUITABLE for a
 *   directory on a gcsfuse mount; INTERRUPTED between two removals.
 * @example
 * ```ts
 * const { versions } = await prune(openRegistry('/data/registry'), { keepLast: 3 });
 * for (const { version, keptBecause } of versions) console.log(version.version, keptBecause);
 * ```
 */
export async function prune(registry: Registry, options: PruneOptions): Promise<PruneReport> {
  checkRules(options);
  if (options.remove === true && isLocalStorage(registry.storage)) refuseGcsfuse(registry.location, 'prune through');
  const unfinished = await unfinishedRemovals(registry);
  if (options.remove === true) for (const tombstone of unfinished) await endUnfinished(registry, tombstone, options);
  const stored = await storedVersions(registry);
  for (const name of options.names ?? []) {
    // Says what there is where the name is wrong.
    if ((await registry.listDataset(name)) === undefined)
      await registry.resolve({ name, config: undefined, version: undefined, alias: undefined });
  }
  const asked = new Set<string>(options.names ?? stored.map(({ name }) => name));
  const plan = planRetention(stored, options, ({ name }) => asked.has(name));
  const versions: PrunedVersion[] = [];
  for (const decision of plan) versions.push(await carryOut(registry, decision, options));
  const going = new Set(
    versions.filter(({ keptBecause }) => keptBecause.length === 0).map(({ version }) => versionPath(version)),
  );
  const extracts = await sweep(registry, going, options);
  const { names, remove = false, keepReports } = options;
  const reports = await sweepReports(registry, { names, keep: keepReports, going, remove });
  return { versions, unfinished, extracts, reports: reports.map(({ path }) => path) };
}

/** After the versions have gone: what a version that stays needs is kept. */
async function sweep(
  registry: Registry,
  going: ReadonlySet<string>,
  { names, remove, signal, actor, lease }: PruneOptions,
): Promise<readonly UnusedExtract[]> {
  const extracts: UnusedExtract[] = [];
  for (const name of names ?? (await datasetFolders(registry))) {
    if (signal?.aborted === true) throw interrupted(signal);
    extracts.push(...(await sweepExtracts(registry, name, { remove: remove === true, going, actor, lease })));
  }
  return extracts;
}

/** Also of data sets that have no version: a build that failed may have left an extract. */
async function datasetFolders(registry: Registry): Promise<readonly DatasetName[]> {
  const entries = await registry.storage.list('');
  return entries.flatMap(({ name, kind }) => (kind === 'directory' && isDatasetName(name) ? [name] : []));
}

async function carryOut(
  registry: Registry,
  decision: RetentionDecision,
  options: PruneOptions,
): Promise<PrunedVersion> {
  if (decision.keptBecause.length > 0 || options.remove !== true) return { ...decision, outcome: undefined };
  if (options.signal?.aborted === true) throw interrupted(options.signal);
  const { reason = 'no rule of prune keeps it', actor, lease } = options;
  const outcome = await removeVersion(registry, decision.version, { reason, actor, lease });
  const pruned = { ...decision, outcome };
  options.onRemoved?.(pruned);
  return pruned;
}

async function unfinishedRemovals(registry: Registry): Promise<readonly Tombstone[]> {
  const found: Tombstone[] = [];
  for (const name of await datasetFolders(registry)) {
    const folders = await registry.storage.list(name);
    const configs = folders.filter((folder) => folder.kind === 'directory').map((folder) => folder.name);
    for (const config of [undefined, ...configs.filter(isConfigName)]) {
      found.push(...(await listTombstones(registry.storage, { name, config })));
    }
  }
  return found.filter(({ state }) => state === 'removing');
}

async function endUnfinished(registry: Registry, tombstone: Tombstone, options: PruneOptions): Promise<void> {
  const lease = await takeForRemoval(registry, tombstone, options);
  // Whoever holds it may be the one who removes it.
  if (lease === undefined) return;
  try {
    await settleRemoval(registry, tombstone);
  } finally {
    await lease.release();
  }
}

function checkRules({ keepLast, keepNewerThan, keep, snapshots }: RetentionRules): void {
  const isCount = keepLast === undefined || (Number.isSafeInteger(keepLast) && keepLast > 0);
  if (!isCount) {
    throw new DatasetsError('USAGE', `keepLast is ${keepLast}; it must be a whole number from 1 up`, {
      hint: 'The newest version of a data set is never removed.',
    });
  }
  if (keepLast !== undefined || keepNewerThan !== undefined || snapshots !== undefined || (keep?.length ?? 0) > 0)
    return;
  throw new DatasetsError('USAGE', 'no rule says which versions are to be kept', {
    hint: 'Pass --keep-last 3, --keep-newer-than 30d or --keep product_a:1.2.0, or several of them. Snapshots go by `keep` of their builder or of the configuration.',
  });
}

function interrupted(signal: AbortSignal): DatasetsError {
  return new DatasetsError('INTERRUPTED', 'pruning was interrupted', {
    hint: 'Each version was removed whole or not at all. Run it again for the rest.',
    cause: signal.reason,
  });
}
