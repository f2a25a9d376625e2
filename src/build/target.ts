import type { BuilderDefinition, BuilderReference } from '../builder/index.js';
import type { ResolvedConfig } from '../core/config/index.js';
import { formatReference, parseDatasetName, parseReference, type Reference } from '../core/names/index.js';
import type { Snapshot } from '../core/snapshots/index.js';
import { type ChosenBuild, chooseBuild } from './choose-build.js';
import { findDefinition } from './find-dataset.js';
import type { SnapshotChoice } from './snapshots/choose-snapshot.js';

/** One version of one data set that is to be built. */
export interface BuildTarget {
  readonly definition: BuilderDefinition;
  readonly chosen: ChosenBuild;
  /** The period that the data is of; undefined for a version without. */
  readonly snapshot: Snapshot | undefined;
  /** With config and version filled in. */
  readonly reference: Reference;
  /** How workers find the builder. */
  readonly builder: BuilderReference;
}

/**
 * Finds the builder that a reference names, and the config, snapshot and version that it means.
 *
 * @param asked a snapshot that the reference does not name
 * @throws DatasetsError NAME_INVALID, DATASET_UNKNOWN, CONFIG_UNKNOWN, VERSION_UNKNOWN, VERSION_BLOCKED, BUILDER_INVALID, USAGE
 */
export async function findTarget(
  reference: string,
  config: ResolvedConfig,
  asked: SnapshotChoice = {},
): Promise<BuildTarget> {
  const parsed = parseReference(reference);
  const definition = await findDefinition(parsed.name, config);
  const { chosen, snapshot } = chooseBuild(parsed, definition, asked);
  return {
    definition,
    chosen,
    snapshot,
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

/** The time that a build stands for: of a snapshot the end of its period. */
export function timeOfTarget({ snapshot }: BuildTarget, otherwise: Date): Date {
  return snapshot?.to ?? otherwise;
}
