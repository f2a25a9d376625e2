import type { BuilderDefinition, BuilderReference } from '../builder/index.js';
import type { ResolvedConfig } from '../core/config/index.js';
import { formatReference, parseDatasetName, parseReference, type Reference } from '../core/names/index.js';
import { type ChosenBuild, chooseBuild } from './choose-build.js';
import { findDefinition } from './find-dataset.js';

/** One version of one data set that is to be built. */
export interface BuildTarget {
  readonly definition: BuilderDefinition;
  readonly chosen: ChosenBuild;
  /** With config and version filled in. */
  readonly reference: Reference;
  /** How workers find the builder. */
  readonly builder: BuilderReference;
}

/**
 * Finds the builder that a reference names, and the config and version that it means.
 *
 * @throws DatasetsError NAME_INVALID, DATASET_UNKNOWN, CONFIG_UNKNOWN, VERSION_UNKNOWN, VERSION_BLOCKED, BUILDER_INVALID, USAGE
 */
export async function findTarget(reference: string, config: ResolvedConfig): Promise<BuildTarget> {
  const asked = parseReference(reference);
  const definition = await findDefinition(asked.name, config);
  const chosen = chooseBuild(asked, definition);
  return {
    definition,
    chosen,
    reference: { name: parseDatasetName(definition.name), ...chosen, alias: undefined },
    builder: {
      module: definition.module,
      name: definition.name,
      ...chosen,
      manualDirectory: config.manualDirectory,
    },
  };
}

/** `product_a/men:1.2.0` */
export function nameOfTarget(target: BuildTarget): string {
  return formatReference(target.reference);
}
