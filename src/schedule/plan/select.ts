import { findDefinition, findTarget } from '../../build/index.js';
import { discoverDatasets } from '../../builder/index.js';
import { datasetFolders, type ResolvedConfig } from '../../core/config/index.js';
import { DatasetsError } from '../../core/errors/index.js';
import { nearestHint } from '../../core/names/index.js';
import { selectBuilds } from '../../project/index.js';
import { inParallel } from '../../storage/index.js';
import { gitChanges } from './git-changes.js';
import { touchedBy } from './touched-by.js';

/** Which data sets a rebuild is asked for. */
export interface RebuildSelection {
  /** Data sets (`product_a`, `product_a/men`, `product_a:1.2.0`) or their folders; what they are made from is looked at as well. */
  readonly names?: readonly string[];
  /** Every data set of the project and of its packages. */
  readonly all?: boolean;
  /** Names that `all` leaves out. */
  readonly exclude?: readonly string[];
  /** The data sets that are made with files which were changed since the working tree left this commit, branch or tag; and all that is made from them. */
  readonly changedSince?: string;
}

export interface Selected {
  /** A config each. */
  readonly references: readonly string[];
  /** Why builders can't be read, by data set; none of those that were named. */
  readonly unreadable: ReadonlyMap<string, unknown>;
  /** Finds the builders, those of named folders too. */
  readonly config: ResolvedConfig;
  /** With `changedSince`: the changed files by data set; those that none touches have none. */
  readonly touched: ReadonlyMap<string, readonly string[]> | undefined;
}

/**
 * @param cwd absolute
 * @throws DatasetsError USAGE, DATASET_UNKNOWN, CONFIG_UNKNOWN, NAME_INVALID, BUILDER_INVALID
 */
export async function select(selection: RebuildSelection, config: ResolvedConfig, cwd: string): Promise<Selected> {
  const { names = [], all = false, exclude = [], changedSince } = selection;
  if (changedSince !== undefined && (names.length > 0 || all)) {
    throw usage(
      'what has changed is looked for in all data sets, so no names and no --all go with --changed-since',
      'Leave out the names, or --changed-since.',
    );
  }
  if (!all && changedSince === undefined) {
    if (exclude.length > 0) throw usage('--exclude goes with --all', 'Name the data sets, or add --all.');
    const selected = await selectBuilds({ names, all, exclude, config: undefined }, config, cwd);
    // What is named must be there.
    await Promise.all(selected.references.map((reference) => findTarget(reference, selected.config)));
    return { ...selected, unreadable: new Map(), touched: undefined };
  }
  if (names.length > 0)
    throw usage('--all is every data set, so no names go with it', 'Leave out the names, or --all.');
  const own = (await ownDatasets(config, exclude)).map(({ name }) => name);
  const unreadable = new Map<string, unknown>();
  const references: string[] = [];
  for (const name of own) {
    try {
      const selected = await selectBuilds({ names: [name], all: false, exclude: [], config: undefined }, config, cwd);
      references.push(...selected.references);
    } catch (error) {
      unreadable.set(name, error);
    }
  }
  const readable = own.filter((name) => !unreadable.has(name));
  const touched = changedSince === undefined ? undefined : await touchedDatasets(readable, changedSince, config, cwd);
  return { references, config, unreadable, touched };
}

/** Those that come with this package are examples: nobody wants them each night who has data sets of their own. */
async function ownDatasets(config: ResolvedConfig, exclude: readonly string[]) {
  const own = await discoverDatasets(datasetFolders(config));
  const unknown = exclude.find((name) => !own.some((dataset) => dataset.name === name));
  if (unknown !== undefined) {
    const names = own.map(({ name }) => name);
    throw new DatasetsError('DATASET_UNKNOWN', `--exclude names ${unknown}, and there is no such data set`, {
      hint: nearestHint(unknown, names, 'data sets'),
      at: { dataset: unknown },
    });
  }
  if (own.length > 0) return own.filter(({ name }) => !exclude.includes(name));
  throw usage(
    'this project has no data sets of its own',
    'Name their folders in `datasets` of ailab-datasets.config, or name data sets that come with this package.',
  );
}

async function touchedDatasets(
  names: readonly string[],
  ref: string,
  config: ResolvedConfig,
  cwd: string,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const changes = await gitChanges(cwd, ref);
  const touched = new Map<string, readonly string[]>();
  await inParallel(names, 4, async (name) => {
    const { module } = await findDefinition(name, config);
    touched.set(name, await touchedBy(module, changes));
  });
  return touched;
}

function usage(message: string, hint: string): DatasetsError {
  return new DatasetsError('USAGE', message, { hint });
}
