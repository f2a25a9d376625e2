import { type BuildTarget, downloadsOf, explainTarget, timeOfTarget } from '../../build/index.js';
import type { ResolvedConfig } from '../../core/config/index.js';
import type { BumpLevel } from '../../core/names/index.js';
import { type DeclaredSources, declaredSources, type Explanation } from '../../provenance/index.js';
import { type Manifest, type Registry, readManifest } from '../../registry/index.js';
import { type StepError, stepError } from '../step-error.js';
import type { Candidate } from './candidates.js';
import type { StepAction } from './rebuild-plan.js';

/** Where and when a plan is made. */
export interface Place {
  readonly registry: Registry;
  readonly config: ResolvedConfig;
  readonly now: Date;
  /** How many periods of snapshots are looked back. */
  readonly catchUp: number;
  /** Does something again where a fault of a machine or a network was met. */
  again<T>(work: () => Promise<T>): Promise<T>;
}

/** What a candidate is by itself, whatever becomes of what it is made from. */
export interface LookedAt {
  readonly candidate: Candidate;
  readonly action: StepAction;
  /** In a sentence, for people. */
  readonly because: string;
  readonly hint: string | undefined;
  readonly error: StepError | undefined;
  /** What `error` was made of. */
  readonly thrown?: unknown;
}

/** What a data set is made from, as its builder says; of one that has to download something first, as its published version says. */
export async function declare(target: BuildTarget, place: Place): Promise<DeclaredSources> {
  const { registry, config, now } = place;
  const places = { config, downloads: downloadsOf(config) };
  const declared = await place.again(() =>
    declaredSources(target.builder, timeOfTarget(target, now).toISOString(), places),
  );
  if (declared.unknown === undefined) return declared;
  const lineage = (await publishedManifest(target, registry))?.lineage ?? [];
  const upstreams = lineage.flatMap(({ registry: elsewhere, reference }) =>
    elsewhere !== undefined || reference === undefined ? [] : [reference],
  );
  return { ...declared, upstreams: [...new Set(upstreams)] };
}

async function publishedManifest(target: BuildTarget, registry: Registry): Promise<Manifest | undefined> {
  const found = await registry.find(target.reference);
  return found && readManifest(registry.storage, found.path);
}

/** Looks at one candidate; what is wrong with it is said of it, and stops nothing else. */
export async function lookAt(
  candidate: Candidate,
  target: BuildTarget,
  { registry, config, again }: Place,
): Promise<LookedAt> {
  if (candidate.known !== undefined) return { candidate, ...candidate.known, hint: undefined, error: undefined };
  try {
    return judged(candidate, await again(() => explainTarget(target, registry, config, {})));
  } catch (error) {
    return broken(candidate, error);
  }
}

function judged(candidate: Candidate, { verdict, because, bump }: Explanation): LookedAt {
  const common = { candidate, because, error: undefined };
  return verdict === 'bump'
    ? { ...common, action: 'person', hint: bumpHint(candidate, bump) }
    : { ...common, action: verdict, hint: undefined };
}

function bumpHint({ reference }: Candidate, bump: BumpLevel | undefined): string {
  const level = bump === undefined ? '' : `, which may be a ${bump.toUpperCase()} one`;
  return `Add a version to the builder's versions${level}; or take the change back: ailab-datasets why ${reference} shows it.`;
}

/** A candidate of which nobody can say what it is made of. */
export function broken(candidate: Candidate, thrown: unknown): LookedAt {
  const error = stepError(thrown);
  return { candidate, action: 'broken', because: error.message, hint: error.hint, error, thrown };
}
