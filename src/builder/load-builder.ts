import { DatasetsError } from '../core/errors/index.js';
import { parseSnapshot, type Snapshot } from '../core/snapshots/index.js';
import type { AnyBuilder } from './builder-class.js';
import type { BuilderReference } from './builder-reference.js';
import { type BuilderDefinition, loadDefinition } from './definition.js';

/**
 * Makes the builder that a reference names: in the submitter, and again in every worker.
 *
 * @throws DatasetsError BUILDER_INVALID when the module or its class is wrong.
 * @example
 * ```ts
 * const builder = await loadBuilder({ module: 'file:///team/datasets/product_a/builder.ts', name: 'product_a', config: 'men', version: '1.2.0', manualDirectory: undefined });
 * ```
 */
export async function loadBuilder(reference: BuilderReference): Promise<AnyBuilder> {
  const definition = await loadDefinition(reference.module, reference.name);
  return new definition.builderClass({
    config: reference.config,
    version: reference.version,
    snapshot: reference.snapshot === undefined ? undefined : snapshotOf(definition, reference.snapshot),
    manualDirectory: reference.manualDirectory,
  });
}

/**
 * The snapshot of a name, for a data set that has some.
 *
 * @throws DatasetsError USAGE where it has none; NAME_INVALID where its period has no such name.
 */
export function snapshotOf({ name, snapshots }: BuilderDefinition, text: string): Snapshot {
  if (snapshots !== undefined) return parseSnapshot(snapshots, text);
  throw new DatasetsError('USAGE', `${name} has no snapshots: its data is not declared to grow`, {
    hint: "Add `static override readonly snapshots = 'daily'` to its class, or leave the snapshot out.",
    at: { dataset: name },
  });
}
