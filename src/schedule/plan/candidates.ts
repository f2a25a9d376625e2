import { type BuildTarget, findTarget, nameOfTarget } from '../../build/index.js';
import type { BuilderDefinition } from '../../builder/index.js';
import { parseReference } from '../../core/names/index.js';
import type { Place } from './look-at.js';
import type { Referable } from './upstream-steps.js';

/** A version or snapshot that a run may have to look at. */
export interface Candidate extends Referable {
  /** Undefined where its builder can't be read. */
  readonly target: BuildTarget | undefined;
}

/**
 * What a reference makes a run look at: the version that its builder builds now.
 *
 * @throws DatasetsError as `findTarget`
 */
export async function candidatesOf(reference: string, { config }: Place): Promise<readonly Candidate[]> {
  const target = await findTarget(reference, config);
  return [candidateOf(target)];
}

function candidateOf(target: BuildTarget): Candidate {
  const { definition, chosen } = target;
  return {
    reference: nameOfTarget(target),
    dataset: definition.name,
    ...chosen,
    snapshot: undefined,
    defaultConfig: definition.configs[0],
    target,
  };
}

/** A data set whose builder can't be read. */
export function unreadable(dataset: string): Candidate {
  const nothing = { config: undefined, version: undefined, snapshot: undefined, defaultConfig: undefined };
  return { reference: dataset, dataset, ...nothing, target: undefined };
}

/** What has to be looked at for a data set that another one is made from, by the reference that its builder writes. */
export function referencesOfUpstream(upstream: string, { name, configs }: BuilderDefinition): readonly string[] {
  const { config, alias } = parseReference(upstream);
  const named = configs.filter((known) => known === config);
  if (named.length > 0) return named.map((known) => `${name}/${known}`);
  if (configs.length === 0 || (alias === undefined && config === undefined)) return [name];
  return configs.map((known) => `${name}/${known}`);
}
