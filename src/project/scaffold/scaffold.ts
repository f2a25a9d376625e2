import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { ResolvedConfig } from '../../core/config/index.js';
import { DatasetsError } from '../../core/errors/index.js';
import { type DatasetName, parseDatasetName } from '../../core/names/index.js';
import { datasetFiles } from './dataset-text.js';
import { inferDataset } from './from/infer-dataset.js';
import { type DatasetKind, kindTexts } from './kinds/dataset-kind.js';
import { completeManifest, dependsOnThisPackage, projectFiles } from './project-files.js';

/** What was made. Paths are absolute. */
export interface Scaffolded {
  readonly directory: string;
  readonly created: readonly string[];
  /** Files that were there and got additions. */
  readonly completed: readonly string[];
  /** Files that were there and were left alone. */
  readonly kept: readonly string[];
}

export interface ScaffoldedProject extends Scaffolded {
  /** Whether its package.json depends on this package; where it doesn't, its user must install it from where it is kept. */
  readonly isInstalled: boolean;
}

/**
 * Makes a data set's folder in the project's first folder of data sets.
 *
 * @param place name, or a path that ends in it: `product_c`, `products/product_c`
 * @throws DatasetsError NAME_INVALID; USAGE when the project has no folder of data sets, or the new folder is there already.
 * @example
 * ```ts
 * await scaffoldDataset('products/product_c', 'files', await loadConfig());
 * ```
 */
export async function scaffoldDataset(place: string, kind: DatasetKind, config: ResolvedConfig): Promise<Scaffolded> {
  const { directory, name } = await newFolder(place, config);
  return write(directory, datasetFiles(name, kindTexts[kind]));
}

/** What was made, and what was found out that its author should know. */
export interface InferredScaffold extends Scaffolded {
  /** Sentences. */
  readonly notes: readonly string[];
}

/** How a data set is made of data that is there. */
export interface ScaffoldFromOptions {
  /** Where relative paths start. */
  readonly cwd: string;
  /** Files as tables of a query on DuckDB, by name. */
  readonly tables?: Readonly<Record<string, string>>;
  /** Default: now. */
  readonly now?: Date;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes a data set's folder with a builder of the rows that files hold or a query gives: features are inferred from all of them.
 *
 * @param from files of rows: a path or a pattern, on this machine or on `gs://`; or a `.sql` file
 * @throws DatasetsError as `scaffoldDataset`; what `inferFields` and `inferQuery` throw
 * @example
 * ```ts
 * const { notes } = await scaffoldDatasetFrom('clicks', 'exports/clicks-*.csv.gz', { cwd: process.cwd() }, await loadConfig());
 * ```
 */
export async function scaffoldDatasetFrom(
  place: string,
  from: string,
  { tables = {}, now = new Date(), ...options }: ScaffoldFromOptions,
  config: ResolvedConfig,
): Promise<InferredScaffold> {
  const { directory, name } = await newFolder(place, config);
  const { text, notes } = await inferDataset(from, { ...options, name, directory, tables, now, config });
  return { ...(await write(directory, datasetFiles(name, text))), notes };
}

interface NewFolder {
  readonly name: DatasetName;
  readonly directory: string;
}

/** Where a new data set is to lie; nothing is there yet. */
async function newFolder(place: string, config: ResolvedConfig): Promise<NewFolder> {
  const name = parseDatasetName(basename(place));
  const [root] = config.datasets;
  if (root === undefined) {
    throw new DatasetsError('USAGE', `${config.projectDirectory} has no folder of data sets to put ${name} into`, {
      hint: `Name one in \`datasets\` of ${config.file ?? 'ailab-datasets.config.ts'}.`,
      at: { dataset: name },
    });
  }
  const directory = resolve(root, place);
  if (relative(root, directory).startsWith('..')) {
    throw new DatasetsError('USAGE', `${place} leads out of the folder of data sets ${root}`, {
      hint: 'Name the data set, with folders inside that one where you like: products/product_c.',
      at: { dataset: name },
    });
  }
  if (await exists(directory)) {
    throw new DatasetsError('USAGE', `${directory} is there already`, {
      hint: 'Choose another name, or remove the folder.',
      at: { dataset: name, file: directory },
    });
  }
  return { name, directory };
}

/**
 * Makes a folder a project of data sets: configuration, tsconfig.json and package.json. Files that are there stay as they are; package.json gets what it lacks.
 *
 * @param directory absolute path; made where it doesn't exist
 */
export async function scaffoldProject(directory: string): Promise<ScaffoldedProject> {
  const name = basename(directory);
  const written = await write(directory, projectFiles(name));
  const file = join(directory, 'package.json');
  const before = (await exists(file)) ? await readFile(file, 'utf8') : undefined;
  const manifest = completeManifest(before === undefined ? undefined : parseManifest(before, file), name);
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  if (text !== before) await writeFile(file, text);
  const isInstalled = dependsOnThisPackage(manifest);
  if (text === before) return { ...written, kept: [...written.kept, file], isInstalled };
  if (before === undefined) return { ...written, created: [...written.created, file], isInstalled };
  return { ...written, completed: [file], isInstalled };
}

function parseManifest(text: string, file: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw new DatasetsError('CONFIG_INVALID', `${file} is not readable JSON`, {
      hint: 'Correct it first.',
      cause,
      at: { file },
    });
  }
}

async function write(directory: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<Scaffolded> {
  const created: string[] = [];
  const kept: string[] = [];
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory, name);
    if (await exists(path)) {
      kept.push(path);
      continue;
    }
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    created.push(path);
  }
  return { directory, created, completed: [], kept };
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
