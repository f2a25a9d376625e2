import { type BuildOptions, findDefinition } from '../../build/index.js';
import type { ResolvedConfig } from '../../core/config/index.js';
import { DatasetsError, internalError } from '../../core/errors/index.js';
import { type BumpLevel, nextVersion, parseReference, type Version } from '../../core/names/index.js';
import { textDifference } from '../../provenance/index.js';
import type { Bump } from '../../quality/index.js';
import { replaceFile } from '../../storage/index.js';
import { editBuilder } from './edit-builder.js';
import { requiredLevel } from './required-level.js';

export interface BumpOptions extends Pick<BuildOptions, 'signal' | 'onProgress'> {
  /** `auto`: what the difference takes between the published version and what a build gives now. Default. */
  readonly level?: BumpLevel | 'auto';
  /** The release note: one sentence that tells readers what changed. */
  readonly note: string;
  readonly config: ResolvedConfig;
  /** Says what would be written, and writes nothing. */
  readonly dryRun?: boolean;
}

export interface BumpReport {
  readonly dataset: string;
  /** The newest version before. */
  readonly from: Version;
  /** `none`: a build gives the same as is published, so that nothing was added. */
  readonly level: Bump;
  /** With `auto`: why that level, in lines for people. */
  readonly because: readonly string[];
  readonly added?: AddedVersion;
}

export interface AddedVersion {
  readonly version: Version;
  /** The builder's module, absolute. */
  readonly file: string;
  /** Where it stands in the module, from 1. */
  readonly line: number;
  /** What was added, as `diff -u` shows it, without a head. */
  readonly diff: string;
  /** False for a dry run. */
  readonly isWritten: boolean;
}

/**
 * Adds the next version to a builder, with its release note, as the first of its `versions`. Nothing else of the module changes, and nothing is published; with `auto` the version is built beside the registry where something that
 * it was made with is another one now.
 *
 * @param name the data set's: `product_a`
 * @throws DatasetsError UNSUPPORTED, with what to write by hand, where versions are written in a way that nobody can add to for certain; USAGE, DATASET_UNKNOWN, BUILDER_INVALID, STORAGE_FAILED; with `auto` whatever stops a build
 * @example
 * ```ts
 * const { level, added } = await bumpVersion('product_a', { note: 'Adds the price.', config: await loadConfig() });
 * ```
 */
export async function bumpVersion(name: string, options: BumpOptions): Promise<BumpReport> {
  const { level: asked = 'auto', config, dryRun = false } = options;
  const note = options.note.trim();
  if (note === '') {
    throw new DatasetsError('USAGE', 'a version needs a release note', {
      hint: "Say in one sentence what changed for readers: -m 'Adds the price.'",
    });
  }
  const definition = await findDefinition(datasetOf(name), config);
  const [from] = definition.versions;
  if (from === undefined) throw internalError(`${name} was loaded without versions`);
  // What can't be edited is said before anything is built.
  if (asked === 'auto') await editBuilder(definition, nextVersion(from, 'major'), note);
  const { level, because } =
    asked === 'auto' ? await requiredLevel(definition, options) : { level: asked, because: [] };
  const report = { dataset: definition.name, from, level, because };
  if (level === 'none') return report;
  const version = nextVersion(from, level);
  const { file, line, before, after } = await editBuilder(definition, version, note);
  if (!dryRun) await replaceFile(file, after);
  return { ...report, added: { version, file, line, diff: textDifference(before, after), isWritten: !dryRun } };
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
