import { configuredDatasets } from '../../build/index.js';
import type { ResolvedConfig } from '../../core/config/index.js';
import { openRegistry } from '../../registry/index.js';
import { inParallel } from '../../storage/index.js';
import { closure, type Explored, edgesOf, explore } from './explore.js';
import { broken, type LookedAt, lookAt, type Place } from './look-at.js';
import { planSteps } from './plan-steps.js';
import type { RebuildPlan, RebuildStep } from './rebuild-plan.js';
import { type RebuildSelection, type Selected, select } from './select.js';

export interface PlanOptions extends RebuildSelection {
  readonly config: ResolvedConfig;
  /** What is due is due at this time. */
  readonly now: Date;
  /** How many periods back a snapshot that is not there is built, where older ones are: what runs have missed. Default: 7. */
  readonly catchUp?: number;
  /** Absolute; for folders among the names, and for git. Default: the project's folder. */
  readonly cwd?: string;
  readonly signal?: AbortSignal;
}

/** Sources are read for their checksums: a few at once. */
const atOnce = 4;
/** A week of nights; more are a person's decision. */
const defaultCatchUp = 7;

/**
 * Says what a rebuild would do: which versions and snapshots, why, in which order, and what a warehouse would bill for it. Reads sources for their checksums, as `why` does; builds, fetches and writes nothing.
 *
 * A data set that can't be looked at, or that is made from itself by way of others, is a step that is `broken`: it keeps no other from being built.
 *
 * @throws DatasetsError USAGE for a selection that makes no sense, and where git can't say what has changed; DATASET_UNKNOWN, CONFIG_UNKNOWN, VERSION_UNKNOWN, NAME_INVALID,
 *   BUILDER_INVALID for what is named
 * @example
 * ```ts
 * const plan = await planRebuild({ all: true, config: await loadConfig(), now: new Date() });
 * for (const { reference, action, because } of plan.steps) console.log(reference, action, because);
 * ```
 */
export async function planRebuild(options: PlanOptions): Promise<RebuildPlan> {
  return (await planWithTargets(options)).plan;
}

/** A plan with what its steps' builders are. */
export interface PlannedTargets {
  readonly plan: RebuildPlan;
  /** Finds the builders, those of named folders too. */
  readonly config: ResolvedConfig;
  /** How long a step may take on this machine, by its class; a job on Dataflow ends itself. */
  timeoutSeconds(step: RebuildStep): number | undefined;
  /** What kept steps from being looked at, by reference: whole, for the eyes of whoever runs it. */
  readonly thrown: ReadonlyMap<string, unknown>;
}

/** @param again does something again where a fault of a machine or a network was met */
export async function planWithTargets(
  options: PlanOptions,
  again: Place['again'] = (work) => work(),
): Promise<PlannedTargets> {
  const selected = await select(options, options.config, options.cwd ?? options.config.projectDirectory);
  const { config } = selected;
  const { now, catchUp = defaultCatchUp } = options;
  const place: Place = { registry: openRegistry(config.registry), config, now, catchUp, again };
  const datasets = new Set((await configuredDatasets(config)).map(({ name }) => name));
  const { explored, warnings } = await explore(selected, datasets, place);
  const edges = edgesOf(explored);
  const chosen = chosenOf(explored, edges, selected);
  const looked = new Map<string, LookedAt>();
  await inParallel(chosen, atOnce, async ({ candidate, error }) => {
    options.signal?.throwIfAborted();
    const { reference, target } = candidate;
    looked.set(
      reference,
      target === undefined || error !== undefined ? broken(candidate, error) : await lookAt(candidate, target, place),
    );
  });
  const steps = chosen.flatMap(({ candidate: { reference }, declared }) => {
    const found = looked.get(reference);
    return found === undefined ? [] : [{ ...found, declared, upstreams: edges.get(reference) ?? [] }];
  });
  const plan = await planSteps(steps, selected.touched ?? new Map());
  const timeouts = new Map(
    chosen.map(({ candidate: { reference, target } }) => [reference, target?.definition.demands.timeoutSeconds]),
  );
  return {
    plan: { at: options.now.toISOString(), registry: place.registry.location, ...plan, warnings },
    config,
    thrown: new Map(
      [...looked].flatMap(([reference, { thrown }]) => (thrown === undefined ? [] : [[reference, thrown]])),
    ),
    timeoutSeconds: ({ reference }) => (config.runner === 'dataflow' ? undefined : timeouts.get(reference)),
  };
}

/** All that was explored, or what changes touch, with all that is made from it and all that that is made from. */
function chosenOf(
  explored: ReadonlyMap<string, Explored>,
  edges: ReadonlyMap<string, readonly string[]>,
  { touched }: Selected,
): readonly Explored[] {
  const all = [...explored.values()];
  if (touched === undefined) return all;
  // Nobody knows what a builder is made with that can't be read.
  const isTouched = ({ candidate: { dataset, target } }: Explored) =>
    target === undefined || (touched.get(dataset) ?? []).length > 0;
  const from = all.filter(isTouched).map(({ candidate }) => candidate.reference);
  const affected = closure(closure(from, edges, 'down'), edges, 'up');
  return all.filter(({ candidate }) => affected.has(candidate.reference));
}
