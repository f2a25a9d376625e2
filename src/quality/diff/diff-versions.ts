import { stringifyJson } from '../../core/json/index.js';
import { formatReference } from '../../core/names/index.js';
import type { Leaf } from '../../features/index.js';
import type { VersionFiles } from '../../reader/index.js';
import { commonLeaves, sameLeaves } from './common-leaves.js';
import { ComparedVersion } from './compared-version.js';
import { diffFeatures } from './diff-features.js';
import { mergeKeys } from './merge-keys.js';
import { shownDifferences } from './shown-differences.js';
import type { Comparison, SplitDiff, VersionDiff } from './version-diff.js';

export interface DiffOptions {
  /** How many examples of each kind (added, removed, changed) are shown of each split. Default 3. */
  readonly examples?: number;
}

/**
 * Compares two versions: their features, splits and keys. Where both have the same features the key index decides (24 bytes an example); where features came or went, what both have is read and compared. A split of equal
 * content digest is not read at all.
 *
 * Holds a few pages of either version in memory, however large they are.
 *
 * @param before its directory (also a staged one), or its files: those of a remote version are fetched through the cache when they are read.
 * @throws DatasetsError VERSION_UNKNOWN, MANIFEST_INVALID, FORMAT_TOO_NEW, DATA_CORRUPT; STORAGE_UNREACHABLE and its kin
 * @example
 * ```ts
 * const diff = await diffVersions('/data/registry/product_a/1.1.0', '/data/registry/product_a/1.2.0');
 * console.log(requiredBump(diff), diff.splits);
 * ```
 */
export async function diffVersions(
  before: string | VersionFiles,
  after: string | VersionFiles,
  options: DiffOptions = {},
): Promise<VersionDiff> {
  const [old, now] = await Promise.all([ComparedVersion.open(before), ComparedVersion.open(after)]);
  const notes: string[] = [];
  const plan = planComparison(old, now, notes);
  const splits: SplitDiff[] = [];
  for (const split of splitNames(old, now, notes)) {
    splits.push(await diffSplit(old, now, split, plan, options.examples ?? 3));
  }
  return {
    before: old.summary,
    after: now.summary,
    comparedBy: plan.comparedBy,
    features: diffFeatures(old.schemaState, now.schemaState),
    splits,
    metadata: diffMetadata(old, now),
    notes,
  };
}

interface ComparisonPlan {
  readonly comparedBy: Comparison;
  /** Whether equal digests of a split say that its content is equal. */
  readonly digestsTell: boolean;
  readonly leaves: readonly Leaf[];
}

function planComparison(old: ComparedVersion, now: ComparedVersion, notes: string[]): ComparisonPlan {
  const isSame = sameLeaves(old.reader.leaves, now.reader.leaves);
  for (const version of [old, now]) {
    if (!version.hasKeys) notes.push(`${formatReference(version.info)} has no keys: ${whyWithoutKeys(version)}`);
  }
  // Numbers stand in the place of keys in what was taken in from outside, so that digests of two such versions tell as well.
  const digestsTell = isSame && old.hasKeys === now.hasKeys;
  const { contentDigest } = old.summary;
  if (digestsTell && contentDigest !== undefined && contentDigest === now.summary.contentDigest) {
    return { comparedBy: 'digests', digestsTell, leaves: now.reader.leaves };
  }
  if (!old.hasKeys || !now.hasKeys) return { comparedBy: 'counts', digestsTell, leaves: [] };
  if (isSame) return { comparedBy: 'index', digestsTell, leaves: now.reader.leaves };
  return { comparedBy: 'values', digestsTell, leaves: readableLeaves(old, now, notes) };
}

function whyWithoutKeys({ info }: ComparedVersion): string {
  return info.manifest === undefined
    ? 'tfds prepared it. Only features and numbers of examples are compared'
    : 'it was taken in from outside. Only features, content digests and numbers of examples are compared';
}

/** What both versions store in the same way, and can be read exactly from both. */
function readableLeaves(old: ComparedVersion, now: ComparedVersion, notes: string[]): readonly Leaf[] {
  const leaves = commonLeaves(old.reader.leaves, now.reader.leaves);
  const isReadable = [old, now].every(
    (version) => sameLeaves(version.reader.leaves, leaves) || version.exactFormat(leaves) !== undefined,
  );
  if (isReadable) return leaves;
  const rounded = leaves.filter(({ dtype }) => dtype === 'float64').map(({ key }) => key);
  notes.push(`not compared, since TFRecord holds float64 rounded to float32: ${rounded.join(', ')}`);
  return leaves.filter(({ dtype }) => dtype !== 'float64');
}

/** In the order of the later version. Splits that a pull left out are in neither's way. */
function splitNames(old: ComparedVersion, now: ComparedVersion, notes: string[]): readonly string[] {
  const names = [...new Set([...now.info.splits, ...old.info.splits].map(({ name }) => name))];
  const leftOut = names.filter((name) => isLeftOut(old, name) || isLeftOut(now, name));
  if (leftOut.length > 0) notes.push(`not compared, since only a part of a version was pulled: ${leftOut.join(', ')}`);
  return names.filter((name) => !leftOut.includes(name));
}

function isLeftOut(version: ComparedVersion, split: string): boolean {
  return version.split(split) === undefined && version.info.manifest?.partOf?.splits.includes(split) === true;
}

async function diffSplit(
  old: ComparedVersion,
  now: ComparedVersion,
  split: string,
  plan: ComparisonPlan,
  mostExamples: number,
): Promise<SplitDiff> {
  const before = old.split(split)?.examples;
  const after = now.split(split)?.examples;
  const unread = { split, before, after, keys: undefined, examples: [] };
  if (before === undefined) return { ...unread, status: 'added', content: 'different' };
  if (after === undefined) return { ...unread, status: 'removed', content: 'different' };
  const digest = old.contentDigest(split);
  const areEqual = plan.digestsTell && digest !== undefined && digest === now.contentDigest(split);
  if (areEqual) {
    const keys = old.hasKeys ? { same: after, added: 0, removed: 0, changed: 0 } : undefined;
    return { ...unread, status: 'kept', content: 'same', keys };
  }
  if (plan.comparedBy === 'counts') {
    const differ =
      before !== after || (plan.digestsTell && digest !== undefined && now.contentDigest(split) !== undefined);
    return { ...unread, status: 'kept', content: differ ? 'different' : 'unknown' };
  }
  const merged = await mergeKeys(old.keys(split, plan.leaves), now.keys(split, plan.leaves), mostExamples);
  const { same, added, removed, changed, found } = merged;
  return {
    ...{ split, status: 'kept', before, after },
    content: added + removed + changed === 0 ? 'same' : 'different',
    keys: { same, added, removed, changed },
    examples: await shownDifferences(old, now, split, found),
  };
}

const described = ['description', 'configDescription', 'homepage', 'citation', 'license', 'owner', 'tags'] as const;

function diffMetadata(old: ComparedVersion, now: ComparedVersion): readonly string[] {
  const isOther = (a: unknown, b: unknown) => stringifyJson(a ?? null) !== stringifyJson(b ?? null);
  const inBoth = old.info.splits.map(({ name }) => name).filter((name) => now.split(name) !== undefined);
  const shards = (version: ComparedVersion) => inBoth.map((name) => version.split(name)?.shards.length);
  const policies = ({ info }: ComparedVersion) => [info.manifest?.info.privacy, info.manifest?.info.keyPii];
  return [
    ...described.filter((name) => isOther(old.info[name], now.info[name])),
    ...(isOther(policies(old), policies(now)) ? ['privacy'] : []),
    ...(isOther(old.info.formats, now.info.formats) ? ['formats'] : []),
    ...(isOther(shards(old), shards(now)) ? ['shards'] : []),
  ];
}
