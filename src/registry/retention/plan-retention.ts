import { DatasetsError } from '../../core/errors/index.js';
import {
  type ConfigName,
  compareVersions,
  type DatasetName,
  formatReference,
  matchesVersion,
  type Reference,
  type Version,
} from '../../core/names/index.js';
import type { SnapshotKeep } from '../../core/snapshots/index.js';
import type { VersionName } from '../version-name.js';
import { type KeptSnapshot, keepSnapshots } from './keep-snapshots.js';

/** A published version as far as retention looks at it. */
export interface StoredVersion {
  readonly name: DatasetName;
  readonly config: ConfigName | undefined;
  readonly version: Version;
  readonly createdAt: Date;
  /** Of its files but the manifest. */
  readonly bytes: number;
  readonly contentDigest: string;
  /** What it was made from. */
  readonly lineage: readonly VersionName[];
  /** Aliases that stand for it. */
  readonly aliases: readonly string[];
  /** Whether somebody said that it is not to be used any more. */
  readonly isYanked: boolean;
  /** Of data that grows: its snapshot, and the builder's own config. */
  readonly snapshot?: { readonly name: string; readonly to: Date; readonly config: string | undefined };
}

/** What is kept, beside the newest version of each data set and config, aliases, and what a kept version was made from. */
export interface RetentionRules {
  /** Keeps so many newest versions of each data set and config. */
  readonly keepLast?: number | undefined;
  /** Keeps what was published at this time or later. */
  readonly keepNewerThan?: Date | undefined;
  /** Keeps every version that one of these may mean. */
  readonly keep?: readonly Reference[] | undefined;
  /** Which snapshots of a data set are kept. Without it, and where it gives undefined, all are; with it alone, all versions that are no snapshots. */
  readonly snapshots?: ((name: DatasetName) => SnapshotKeep | undefined) | undefined;
}

export interface RetentionDecision<V extends StoredVersion = StoredVersion> {
  readonly version: V;
  /** Why it stays; empty for a version that goes. */
  readonly keptBecause: readonly string[];
}

/**
 * Decides which versions stay. Nothing that stays is made from something that goes: a lineage is kept to its end.
 *
 * @param versions all of a registry, because any of them may have been made from any other.
 * @param isAsked which of them may go at all.
 * @returns a decision for each that was asked about, by name and config, newest first.
 * @throws DatasetsError MANIFEST_INVALID when versions were made from each other in a circle.
 */
export function planRetention<V extends StoredVersion>(
  versions: readonly V[],
  rules: RetentionRules,
  isAsked: (version: V) => boolean = () => true,
): readonly RetentionDecision<V>[] {
  const byReference = new Map(versions.map((version) => [formatReference(version), version]));
  refuseCircles(byReference);
  const reasons = new Map(versions.map((version) => [version, isAsked(version) ? [] : ['it was not asked about']]));
  const ruled = keepRuled(versions, rules, reasons);
  for (const group of groups(versions.filter((version) => !ruled.has(version)))) {
    // A yank makes nothing go: the yanked version is counted among all, and takes no place among the others.
    const usable = group.filter(({ isYanked }) => !isYanked);
    for (const [age, version] of group.entries()) {
      const counted = version.isYanked ? age : usable.indexOf(version);
      reasons.get(version)?.push(...ruleReasons(version, counted, rules));
    }
  }
  keepLineages(byReference, reasons);
  return versions.filter(isAsked).map((version) => ({ version, keptBecause: reasons.get(version) ?? [] }));
}

/**
 * Notes why snapshots stay that a rule speaks of, all versions of a snapshot together.
 *
 * @returns those versions
 */
function keepRuled<V extends StoredVersion>(
  versions: readonly V[],
  rules: RetentionRules,
  reasons: ReadonlyMap<V, string[]>,
): ReadonlySet<V> {
  const found = new Set<V>();
  for (const series of seriesOf(versions)) {
    const [{ name }] = series;
    const keep = rules.snapshots?.(name);
    if (keep === undefined) continue;
    const kept = keepSnapshots(snapshotsOf(series), keep);
    for (const version of series) {
      found.add(version);
      const why = kept.get(version.snapshot?.name ?? '') ?? [];
      reasons.get(version)?.push(...why, ...otherReasons(version, rules));
    }
  }
  return found;
}

/** The snapshots of each data set and of each of its builder's configs. */
function seriesOf<V extends StoredVersion>(versions: readonly V[]): readonly (readonly [V, ...V[]])[] {
  const found = new Map<string, [V, ...V[]]>();
  for (const version of versions) {
    if (version.snapshot === undefined) continue;
    const key = formatReference({ name: version.name, config: version.snapshot.config });
    const series = found.get(key);
    if (series === undefined) found.set(key, [version]);
    else series.push(version);
  }
  return [...found.values()];
}

function snapshotsOf(series: readonly StoredVersion[]): readonly KeptSnapshot[] {
  const found = new Map<string, KeptSnapshot>();
  for (const { snapshot, isYanked } of series) {
    if (snapshot === undefined) continue;
    const { name, to } = snapshot;
    found.set(name, { name, to, isYanked: isYanked && (found.get(name)?.isYanked ?? true) });
  }
  return [...found.values()];
}

function ruleReasons(version: StoredVersion, age: number, rules: RetentionRules): readonly string[] {
  const { keepLast = 0 } = rules;
  const reasons: string[] = [];
  if (age === 0) reasons.push('the newest');
  else if (age < keepLast) reasons.push(`one of the last ${keepLast}`);
  else if (!hasVersionRule(rules)) reasons.push('rules are of snapshots alone');
  return [...reasons, ...otherReasons(version, rules)];
}

/** Whether a rule says which versions stay that are no snapshots. */
function hasVersionRule({ keepLast, keepNewerThan, keep = [] }: RetentionRules): boolean {
  return keepLast !== undefined || keepNewerThan !== undefined || keep.length > 0;
}

function otherReasons(version: StoredVersion, { keepNewerThan, keep = [] }: RetentionRules): readonly string[] {
  const reasons: string[] = [];
  if (keepNewerThan !== undefined && version.createdAt >= keepNewerThan) {
    reasons.push(`published since ${keepNewerThan.toISOString().slice(0, 10)}`);
  }
  reasons.push(...version.aliases.map((alias) => `alias ${alias}`));
  const named = keep.find((reference) => means(reference, version));
  if (named !== undefined) reasons.push(`--keep ${formatReference(named)}`);
  return reasons;
}

/** A reference without a config means every config here: what is kept too much can still go later. */
function means(reference: Reference, { name, config, version, aliases }: StoredVersion): boolean {
  if (reference.name !== name || (reference.config !== undefined && reference.config !== config)) return false;
  if (reference.alias !== undefined) return aliases.includes(reference.alias);
  return reference.version === undefined || matchesVersion(reference.version, version);
}

/** The versions of each data set and config, newest first. */
function groups<V extends StoredVersion>(versions: readonly V[]): readonly (readonly V[])[] {
  const found = new Map<string, V[]>();
  for (const version of versions) {
    const key = formatReference({ name: version.name, config: version.config });
    const group = found.get(key) ?? [];
    group.push(version);
    found.set(key, group);
  }
  return [...found.values()].map((group) => group.sort((a, b) => compareVersions(b.version, a.version)));
}

function keepLineages<V extends StoredVersion>(byReference: ReadonlyMap<string, V>, reasons: Map<V, string[]>): void {
  const kept = [...reasons].filter(([, why]) => why.length > 0).map(([version]) => version);
  for (let version = kept.pop(); version !== undefined; version = kept.pop()) {
    for (const upstream of upstreamsOf(version, byReference)) {
      const why = reasons.get(upstream) ?? [];
      if (why.length === 0) kept.push(upstream);
      why.push(`${formatReference(version)} was made from it`);
    }
  }
}

function upstreamsOf<V extends StoredVersion>(version: V, byReference: ReadonlyMap<string, V>): readonly V[] {
  const references = new Set(version.lineage.map((upstream) => formatReference(upstream)));
  return [...references].flatMap((reference) => byReference.get(reference) ?? []);
}

/** No version can be older than what it was made from: a circle was made by hand, and what it protects can't be told. */
function refuseCircles(byReference: ReadonlyMap<string, StoredVersion>): void {
  const done = new Set<string>();
  for (const start of byReference.keys()) {
    // The way from `start`, each step with the upstreams that are still to be looked at; no recursion, for lineages may be long.
    const way = new Map([[start, lineageOf(start, byReference)]]);
    const steps = [start];
    for (let last = steps.at(-1); last !== undefined; last = steps.at(-1)) {
      const next = way.get(last)?.pop();
      if (next === undefined || done.has(last)) {
        done.add(last);
        way.delete(last);
        steps.pop();
      } else if (way.has(next)) {
        throw circle([...steps.slice(steps.indexOf(next)), next]);
      } else if (!done.has(next)) {
        way.set(next, lineageOf(next, byReference));
        steps.push(next);
      }
    }
  }
}

function lineageOf(reference: string, byReference: ReadonlyMap<string, StoredVersion>): string[] {
  return byReference.get(reference)?.lineage.map((upstream) => formatReference(upstream)) ?? [];
}

function circle(references: readonly string[]): DatasetsError {
  return new DatasetsError('MANIFEST_INVALID', `versions are made from each other: ${references.join(' from ')}`, {
    hint: 'One of the manifests was changed by hand. Verify them; until then nothing can be pruned safely.',
  });
}
