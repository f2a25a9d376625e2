import { type BuildTarget, findTarget, nameOfTarget } from '../../build/index.js';
import { type BuilderDefinition, nightlyAlias } from '../../builder/index.js';
import { formatReference, parseAliasName, parseDatasetName, parseReference } from '../../core/names/index.js';
import { type Snapshot, snapshotConfig, splitSnapshotConfig } from '../../core/snapshots/index.js';
import { aliasHistory } from '../../registry/index.js';
import { findDue, type Growing } from './due-snapshots.js';
import type { Place } from './look-at.js';
import type { StepAction } from './rebuild-plan.js';
import type { Referable } from './upstream-steps.js';

/** A version or snapshot that a run may have to look at. */
export interface Candidate extends Referable {
  /** Undefined where its builder can't be read. */
  readonly target: BuildTarget | undefined;
  /** Of a snapshot, which is looked at no further: what is to be done with it. */
  readonly known: { readonly action: StepAction; readonly because: string } | undefined;
  /** That would move to it. */
  readonly aliases: readonly string[];
  /** References of earlier snapshots of the same data that are to be built. */
  readonly after: readonly string[];
}

/** What a reference makes a run look at. */
export interface Candidates {
  readonly candidates: readonly Candidate[];
  /** In words. */
  readonly warnings: readonly string[];
}

/**
 * What a reference makes a run look at: the version that its builder builds now; of data that grows the snapshots that are due, or the newest one where none is.
 *
 * @throws DatasetsError as `findTarget`
 */
export async function candidatesOf(reference: string, place: Place): Promise<Candidates> {
  const target = await findTarget(reference, place.config);
  const { definition, chosen } = target;
  const { version } = parseReference(reference);
  // What is named with its version is meant as it is.
  if (definition.snapshots === undefined || target.snapshot !== undefined || version !== undefined) {
    return { candidates: [candidateOf(target)], warnings: [] };
  }
  return snapshotsOf({ ...chosen, definition, period: definition.snapshots }, place);
}

async function snapshotsOf(growing: Growing, place: Place): Promise<Candidates> {
  const { due, newest, warning } = await findDue(growing, place.registry, place.now, place.catchUp);
  const warnings = warning === undefined ? [] : [warning];
  const alias = nightlyAlias(growing.config, growing.definition.configs[0]);
  if (due.length === 0) {
    const target = await targetOf(growing, newest, place);
    const isMissed = !(await hasStoodFor(alias, target, place));
    const known = isMissed
      ? ({ action: 'maybe', because: `it is published, and ${alias} was never moved to it` } as const)
      : ({ action: 'nothing', because: 'the newest snapshot is published' } as const);
    return { candidates: [{ ...candidateOf(target), known, aliases: isMissed ? [alias] : [] }], warnings };
  }
  const candidates: Candidate[] = [];
  for (const snapshot of due) {
    const target = await targetOf(growing, snapshot, place);
    const isNewest = snapshot.name === newest.name;
    const because = isNewest ? `its period ended at ${snapshot.to.toISOString()}` : 'runs have missed it';
    candidates.push({
      ...candidateOf(target),
      known: { action: 'build', because },
      aliases: isNewest ? [alias] : [],
      after: candidates.map((earlier) => earlier.reference),
    });
  }
  return { candidates, warnings };
}

function targetOf({ definition, config, version }: Growing, { name }: Snapshot, place: Place): Promise<BuildTarget> {
  const reference = formatReference({ name: definition.name, config: snapshotConfig(name, config), version });
  return findTarget(reference, place.config);
}

/** Whoever published it may have died before the alias was moved; where it has been there, somebody took it back. */
async function hasStoodFor(alias: string, { definition, chosen }: BuildTarget, { registry }: Place): Promise<boolean> {
  const moves = await aliasHistory(registry, parseDatasetName(definition.name), parseAliasName(alias));
  return moves.some(({ target }) => target?.config === chosen.config && target?.version === chosen.version);
}

function candidateOf(target: BuildTarget): Candidate {
  const { definition, chosen, snapshot } = target;
  return {
    reference: nameOfTarget(target),
    dataset: definition.name,
    ...chosen,
    snapshot: snapshot?.name,
    defaultConfig: definition.configs[0],
    target,
    known: undefined,
    aliases: [],
    after: [],
  };
}

/** A data set whose builder can't be read. */
export function unreadable(dataset: string): Candidate {
  const nothing = { config: undefined, version: undefined, snapshot: undefined, defaultConfig: undefined };
  return { reference: dataset, dataset, ...nothing, target: undefined, known: undefined, aliases: [], after: [] };
}

/** What has to be looked at for a data set that another one is made from, by the reference that its builder writes. */
export function referencesOfUpstream(upstream: string, definition: BuilderDefinition): readonly string[] {
  const { name, configs, snapshots } = definition;
  const { config: written, alias } = parseReference(upstream);
  const config = snapshots === undefined ? written : splitSnapshotConfig(written).config;
  const named = configs.filter((known) => known === config);
  if (named.length > 0) return named.map((known) => `${name}/${known}`);
  if (configs.length === 0 || (alias === undefined && config === undefined)) return [name];
  return configs.map((known) => `${name}/${known}`);
}
