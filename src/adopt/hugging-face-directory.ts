import { DatasetsError } from '../core/errors/index.js';
import { type Json, type JsonObject, parseJson } from '../core/json/index.js';
import { isSplitName } from '../core/names/index.js';
import { isRelativePath, type LocalStorage } from '../storage/index.js';
import { notAdoptable, splitsAreSaid } from './adopt-errors.js';
import type { AdoptOptions } from './adopt-options.js';
import type { AdoptionPlan } from './adoption-plan.js';
import { planColumnFiles } from './column-files.js';
import { isObject, textsOf } from './read-json.js';
import type { SplitFiles } from './split-files.js';

const files = { dictionary: 'dataset_dict.json', state: 'state.json', info: 'dataset_info.json' } as const;

/** Whether a directory is what `Dataset.save_to_disk` or `DatasetDict.save_to_disk` wrote. */
export async function isHuggingFaceDirectory(directory: LocalStorage): Promise<boolean> {
  return (await directory.stat(files.dictionary)) !== undefined || (await directory.stat(files.state)) !== undefined;
}

/**
 * Reads what Hugging Face `datasets` saved (datasets 5.2, arrow_dataset.py and dataset_dict.py, `save_to_disk`).
 *
 * @throws DatasetsError UNSUPPORTED for a column that has no counterpart here; SOURCE_MALFORMED.
 */
export async function planHuggingFaceDirectory(
  directory: LocalStorage,
  options: AdoptOptions,
): Promise<Omit<AdoptionPlan, 'leftOut'>> {
  const found: SplitFiles[] = [];
  const folders = await splitFolders(directory, options);
  for (const { name, folder } of folders) found.push({ name, files: await dataFiles(directory, folder) });
  const columns = await planColumnFiles(directory, 'arrow', found);
  const info = await readObject(directory, `${folders[0]?.folder ?? ''}${files.info}`);
  return { ...columns, writer: 'hugging-face', about: aboutOf(info), releaseNotes: {} };
}

interface SplitFolder {
  readonly name: string;
  /** '' or with a slash at its end. */
  readonly folder: string;
}

async function splitFolders(directory: LocalStorage, { splits }: AdoptOptions): Promise<readonly SplitFolder[]> {
  const dictionary = await readObject(directory, files.dictionary);
  if (dictionary !== undefined) {
    if (splits !== undefined) throw splitsAreSaid(directory.location);
    return textsOf(dictionary['splits']).map((name) => ({ name: checkedSplit(name, directory), folder: `${name}/` }));
  }
  const [named, ...others] = Object.keys(splits ?? {});
  if (others.length > 0)
    throw notAdoptable(`${directory.location} holds one Dataset`, 'Name one split for it: --split train.');
  const state = await readObject(directory, files.state);
  const own = state?.['_split'];
  const name = named ?? (typeof own === 'string' && isSplitName(own) ? own : 'train');
  return [{ name: checkedSplit(name, directory), folder: '' }];
}

function checkedSplit(name: string, { location }: LocalStorage): string {
  if (isSplitName(name)) return name;
  throw notAdoptable(
    `${location} has a split named ${JSON.stringify(name)}, which can't be a split's name`,
    "Rename it with datasets: letters, digits, _ and -, but not 'all'.",
    { file: location },
  );
}

/** The Arrow files of a saved Dataset, in its order. */
async function dataFiles(directory: LocalStorage, folder: string): Promise<readonly string[]> {
  const file = `${folder}${files.state}`;
  const state = await readObject(directory, file);
  if (state === undefined) throw malformed(directory, file, 'is missing');
  const indices = state['_indices_data_files'];
  if (Array.isArray(indices) && indices.length > 0) {
    throw notAdoptable(
      `${directory.location}/${folder} was saved with an indices mapping`,
      'Save it again with: dataset.flatten_indices().save_to_disk(...).',
      { file },
    );
  }
  const data = state['_data_files'];
  if (!Array.isArray(data)) throw malformed(directory, file, 'has no _data_files');
  return data.map((entry: Json) => {
    const name = isObject(entry) ? entry['filename'] : undefined;
    const path = `${folder}${String(name)}`;
    if (typeof name !== 'string' || !isRelativePath(path))
      throw malformed(directory, file, 'names a file that is none');
    return path;
  });
}

function aboutOf(info: JsonObject | undefined): AdoptionPlan['about'] {
  const about: Record<string, string> = {};
  for (const field of ['description', 'homepage', 'citation', 'license']) {
    const value = info?.[field];
    if (typeof value === 'string' && value.trim() !== '') about[field] = value;
  }
  return about;
}

async function readObject(directory: LocalStorage, path: string): Promise<JsonObject | undefined> {
  const bytes = await directory.read(path);
  if (bytes === undefined) return undefined;
  const json = parseJson(bytes, `${directory.location}/${path}`);
  if (isObject(json)) return json;
  throw malformed(directory, path, 'is no object');
}

function malformed({ location }: LocalStorage, path: string, what: string): DatasetsError {
  const file = `${location}/${path}`;
  return new DatasetsError('SOURCE_MALFORMED', `${file} ${what}: it is not what Hugging Face datasets saves`, {
    hint: 'Save the data set again with save_to_disk.',
    at: { file },
  });
}
