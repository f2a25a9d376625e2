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
  const { builderClass } = await loadDefinition(reference.module, reference.name);
  return new builderClass({
    config: reference.config,
    version: reference.version,
    manualDirectory: reference.manualDirectory,
  });
}
