import { access, readdir } from 'node:fs/promises';
import { basename, isAbsolute, resolve, sep } from 'node:path';
import { configuredDatasets, findDefinition } from '../build/index.js';
import { discoverDatasets } from '../builder/index.js';
import type { ResolvedConfig } from '../core/config/index.js';
import { DatasetsError } from '../core/errors/index.js';
import { formatReference, nearestHint, parseConfigName, parseReference } from '../core/names/index.js';

/** Which builds somebody asks for. */
export interface BuildSelection {
  /** References (`product_a/men:1.2.0`) or folders of data sets (`./datasets/product_a`). None: the data set of the working directory. */
  readonly names: readonly string[];
  /** Every data set that the configuration reaches. */
  readonly all: boolean;
  /** Names that `all` leaves out. */
  readonly exclude: readonly string[];
  /** A config for every name that has none. */
  readonly config: string | undefined;
}

/** Builds to do, with the configuration that finds their builders. */
export interface SelectedBuilds {
  readonly references: readonly string[];
  readonly config: ResolvedConfig;
}

/**
 * Turns what was asked for into one reference a build. A data set with configs is built in all of them unless one is named, as by `tfds build`.
 *
 * @param cwd absolute path of the working directory
 * @throws DatasetsError USAGE, DATASET_UNKNOWN, CONFIG_UNKNOWN, NAME_INVALID, BUILDER_INVALID
 */
export async function selectBuilds(
  selection: BuildSelection,
  config: ResolvedConfig,
  cwd: string,
): Promise<SelectedBuilds> {
  const { names, folders } = await namesOf(selection, config, cwd);
  const extended: ResolvedConfig = { ...config, datasets: [...config.datasets, ...folders] };
  const references = await Promise.all(names.map((name) => withConfigs(name, selection.config, extended)));
  return { references: [...new Set(references.flat())], config: extended };
}

interface Names {
  readonly names: readonly string[];
  /** Folders of data sets that were named by path. */
  readonly folders: readonly string[];
}

async function namesOf(selection: BuildSelection, config: ResolvedConfig, cwd: string): Promise<Names> {
  if (selection.all) return { names: await allNames(selection, config), folders: [] };
  if (selection.exclude.length > 0)
    throw usage('--exclude goes with --all', 'Name the data sets to build, or add --all.');
  if (selection.names.length === 0) return workingDirectory(cwd);
  const folders = selection.names.filter(isPath).map((name) => resolve(cwd, name));
  await Promise.all(folders.map(mustExist));
  return { names: selection.names.map((name) => (isPath(name) ? basename(resolve(cwd, name)) : name)), folders };
}

async function allNames(selection: BuildSelection, config: ResolvedConfig): Promise<readonly string[]> {
  if (selection.names.length > 0)
    throw usage('--all builds everything, so no names go with it', 'Leave out the names, or --all.');
  const known = (await configuredDatasets(config)).map(({ name }) => name);
  const unknown = selection.exclude.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new DatasetsError('DATASET_UNKNOWN', `--exclude names ${unknown}, and there is no such data set`, {
      hint: nearestHint(unknown, known, 'data sets'),
      at: { dataset: unknown },
    });
  }
  return known.filter((name) => !selection.exclude.includes(name));
}

/** As `tfds build` in a data set's own folder. */
async function workingDirectory(cwd: string): Promise<Names> {
  const entries = await readdir(cwd);
  if (!entries.some((entry) => /^builder\.[mc]?[jt]s$/.test(entry))) {
    throw usage(
      `nothing to build: no data set is named, and ${cwd} holds no builder.ts`,
      'Name data sets, or pass --all.',
    );
  }
  const found = await discoverDatasets([cwd]);
  return { names: found.map(({ name }) => name), folders: [cwd] };
}

/** A config stands after a slash too (`product_a/men`), so only what can't be a reference is a path. */
function isPath(name: string): boolean {
  return name.startsWith('.') || isAbsolute(name) || name.endsWith('/') || name.split(sep).length > 2;
}

async function mustExist(folder: string): Promise<void> {
  await access(folder).catch((cause: unknown) => {
    throw new DatasetsError('DATASET_UNKNOWN', `there is no folder ${folder}`, {
      hint: 'Name the folder that holds builder.ts, or a data set by its name.',
      cause,
      at: { file: folder },
    });
  });
}

async function withConfigs(
  name: string,
  wanted: string | undefined,
  config: ResolvedConfig,
): Promise<readonly string[]> {
  const reference = parseReference(name);
  if (wanted !== undefined && reference.config !== undefined) {
    throw usage(`${name} names a config, and so does --config ${wanted}`, 'Leave out one of them.');
  }
  if (wanted !== undefined) return [formatReference({ ...reference, config: parseConfigName(wanted) })];
  const { configs } = await findDefinition(reference.name, config);
  if (reference.config !== undefined || configs.length === 0) return [name];
  return configs.map((each) => formatReference({ ...reference, config: each }));
}

function usage(message: string, hint: string): DatasetsError {
  return new DatasetsError('USAGE', message, { hint });
}
