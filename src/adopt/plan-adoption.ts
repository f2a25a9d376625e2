import { DatasetsError } from '../core/errors/index.js';
import type { LocalStorage } from '../storage/index.js';
import { splitsAreSaid } from './adopt-errors.js';
import type { AdoptOptions } from './adopt-options.js';
import type { AdoptionPlan } from './adoption-plan.js';
import { planBareFiles } from './bare-files.js';
import { isHuggingFaceDirectory, planHuggingFaceDirectory } from './hugging-face-directory.js';
import { isTfdsDirectory, planTfdsDirectory } from './tfds-directory.js';

/** What describes the records to their own readers: it is read, and written anew. */
const metadata = /(?:^|\/)(?:dataset_info|features|dataset_dict|state|metadata)\.json$|\.labels\.txt$/;

/**
 * Looks at a directory, and says what version it would be.
 *
 * @throws DatasetsError SPLIT_EMPTY; UNSUPPORTED, SOURCE_MALFORMED, SOURCE_NOT_FOUND, USAGE for what can't be one.
 */
export async function planAdoption(directory: LocalStorage, options: AdoptOptions): Promise<AdoptionPlan> {
  const plan = await planOf(directory, options);
  const taken = new Set(plan.splits.flatMap(({ shards }) => shards.map(({ path }) => path)));
  const empty = plan.splits.find(({ shards }) => shards.length === 0);
  if (empty !== undefined || taken.size === 0) throw noRecords(directory, empty?.name);
  const leftOut: string[] = [];
  for await (const { path } of directory.walk('')) if (!taken.has(path) && !metadata.test(path)) leftOut.push(path);
  return { ...plan, leftOut: leftOut.sort() };
}

async function planOf(directory: LocalStorage, options: AdoptOptions): Promise<Omit<AdoptionPlan, 'leftOut'>> {
  if (await isTfdsDirectory(directory)) {
    if (options.splits !== undefined) throw splitsAreSaid(directory.location);
    return planTfdsDirectory(directory);
  }
  if (await isHuggingFaceDirectory(directory)) return planHuggingFaceDirectory(directory, options);
  return planBareFiles(directory, options);
}

function noRecords({ location }: LocalStorage, split: string | undefined): DatasetsError {
  const what = split === undefined ? location : `the split ${split} of ${location}`;
  return new DatasetsError('SPLIT_EMPTY', `${what} holds no records`, {
    hint: 'A split of a version has at least one example. Leave it out, or look at what should have written it.',
    at: { file: location, ...(split !== undefined && { split }) },
  });
}
