import type { ResolvedConfig } from '../core/config/index.js';
import { type Definition, definitionOf, type IsHidden } from '../features/index.js';
import { keptPersonalData, openVersion } from '../reader/index.js';
import type { VersionInfo } from '../registry/index.js';
import { type LocateFilesOptions, locateFiles } from './locate-files.js';

export interface ShowOptions extends LocateFilesOptions {
  /** A split or a split expression. Default: `train`, else the first split. */
  readonly split: string | undefined;
  readonly skip: number;
  readonly count: number;
  /** Shows personal data as it is. */
  readonly reveal: boolean;
}

/** Some examples of a version, with what is needed to show them. */
export interface ShownExamples {
  readonly info: VersionInfo;
  readonly schema: Definition;
  /** The split or expression that was read. */
  readonly split: string;
  /** How many examples that split or expression has. */
  readonly length: number;
  readonly examples: readonly unknown[];
  readonly isHidden: IsHidden;
}

/**
 * Reads a few examples of a version, to be looked at.
 *
 * @param reference a published version, `product_a:1.2.0`, or a directory that holds one (`./kept`), also a staged one
 * @throws DatasetsError as `findVersion`; SPLIT_UNKNOWN, SPLIT_EXPRESSION_INVALID; DATA_CORRUPT
 */
export async function showExamples(
  reference: string,
  options: ShowOptions,
  config: ResolvedConfig,
): Promise<ShownExamples> {
  const { info, schema, dataset } = await openVersion(await locateFiles(reference, config, options));
  const first = info.splits.find(({ name }) => name === 'train') ?? info.splits[0];
  const split = options.split ?? first?.name ?? 'all';
  const all = dataset(split);
  return {
    info,
    schema: definitionOf(schema),
    split,
    length: all.length,
    examples: await all.slice(options.skip, options.skip + options.count).toArray(),
    isHidden: options.reveal ? () => false : keptPersonalData(info),
  };
}
