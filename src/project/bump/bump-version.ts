import { findDefinition } from '../../build/index.js';
import type { ResolvedConfig } from '../../core/config/index.js';
import { DatasetsError } from '../../core/errors/index.js';
import { type BumpLevel, nextVersion, parseReference, type Version } from '../../core/names/index.js';
import { textDifference } from '../../provenance/index.js';
import { type EditedBuilder, editBuilder } from './edit-builder.js';
import { replaceFile } from './replace-file.js';

export interface BumpOptions {
  readonly level: BumpLevel;
  /** The release note: one sentence that tells readers what changed. */
  readonly note: string;
  readonly config: ResolvedConfig;
  /** Says what would be written, and writes nothing. */
  readonly dryRun?: boolean;
}

export interface BumpedVersion {
  readonly dataset: string;
  readonly from: Version;
  readonly to: Version;
  readonly level: BumpLevel;
  /** The builder's module, absolute. */
  readonly file: string;
  /** Of the new version in it, from 1. */
  readonly line: number;
  /** What was added, as `diff -u` shows it, without a head. */
  readonly diff: string;
  /** False for a dry run. */
  readonly isWritten: boolean;
}

/**
 * Adds the next version to a builder, with its release note, as the first of its `versions`. Nothing else of the module changes, and nothing is built or published.
 *
 * @param name the data set's: `product_a`
 * @throws DatasetsError UNSUPPORTED, with what to write by hand, where versions are written in a way that nobody can add to for certain; USAGE, DATASET_UNKNOWN, BUILDER_INVALID, STORAGE_FAILED
 * @example
 * ```ts
 * const { to } = await bumpVersion('product_a', { level: 'minor', note: 'Adds the price.', config: await loadConfig() });
 * ```
 */
export async function bumpVersion(name: string, options: BumpOptions): Promise<BumpedVersion> {
  const { level, config, dryRun = false } = options;
  const note = options.note.trim();
  if (note === '') {
    throw new DatasetsError('USAGE', 'a version needs a release note', {
      hint: "Say in one sentence what changed for readers: -m 'Adds the price.'",
    });
  }
  const definition = await findDefinition(datasetOf(name), config);
  const [from] = definition.versions;
  if (from === undefined) throw new DatasetsError('BUILDER_INVALID', `${name}: the class lists no versions`);
  const to = nextVersion(from, level);
  const edited = await editBuilder(definition, to, note);
  if (!dryRun) await replaceFile(edited.file, edited.after);
  return { dataset: definition.name, from, to, level, ...placeOf(edited), isWritten: !dryRun };
}

/** Versions are those of all configs. */
function datasetOf(name: string): string {
  const { name: dataset, config, version, alias } = parseReference(name);
  if (config === undefined && version === undefined && alias === undefined) return dataset;
  throw new DatasetsError('USAGE', `${name} names more than a data set`, {
    hint: `The newest version of all its configs is raised: ailab-datasets bump ${dataset}`,
    at: { dataset },
  });
}

function placeOf({ file, line, before, after }: EditedBuilder): Pick<BumpedVersion, 'file' | 'line' | 'diff'> {
  return { file, line, diff: textDifference(before, after) };
}
