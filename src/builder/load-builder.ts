import { parseSnapshot, type Snapshot, type SnapshotPeriod, splitSnapshotConfig } from '../core/snapshots/index.js';
import type { AnyBuilder } from './builder-class.js';
import type { BuilderReference } from './builder-reference.js';
import { loadDefinition } from './definition.js';

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
  const { builderClass, snapshots } = await loadDefinition(reference.module, reference.name);
  const { config, snapshot } = takeApart(reference.config, snapshots);
  const { version, manualDirectory } = reference;
  return new builderClass({ config, snapshot, version, manualDirectory });
}

/**
 * The builder's own config and the snapshot that a published config means.
 *
 * @param period undefined for a data set without snapshots, whose configs are all its own
 */
export function takeApart(
  published: string | undefined,
  period: SnapshotPeriod | undefined,
): { readonly config: string | undefined; readonly snapshot: Snapshot | undefined } {
  const { config, snapshot: name } = splitSnapshotConfig(published);
  const snapshot = period === undefined || name === undefined ? undefined : parseSnapshot(period, name);
  return snapshot === undefined ? { config: published, snapshot } : { config, snapshot };
}
