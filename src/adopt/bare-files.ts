import { DatasetsError } from '../core/errors/index.js';
import type { RecordFormat } from '../registry/index.js';
import type { LocalStorage } from '../storage/index.js';
import { notAdoptable } from './adopt-errors.js';
import type { AdoptOptions } from './adopt-options.js';
import type { AdoptionPlan } from './adoption-plan.js';
import { planColumnFiles } from './column-files.js';
import { planExampleFiles } from './example-files.js';
import { splitFiles } from './split-files.js';

const endings: readonly (readonly [RegExp, RecordFormat])[] = [
  [/\.(?:parquet|pq)$/, 'parquet'],
  [/\.(?:arrow|arrows|feather|ipc)$/, 'arrow'],
  [/\.(?:tfrecords?|tfrec)(?:-\d+-of-\d+)?$/, 'tfrecord'],
];

/**
 * Reads a directory of files that a program wrote for itself: Parquet or TFRecord of Spark, Arrow of a notebook. Hidden files and those that begin with `_`, as Spark's `_SUCCESS`, are no data.
 *
 * @throws DatasetsError SOURCE_NOT_FOUND where there are none; UNSUPPORTED for files of several kinds, and for a column that has no counterpart here.
 */
export async function planBareFiles(
  directory: LocalStorage,
  options: AdoptOptions,
): Promise<Omit<AdoptionPlan, 'leftOut'>> {
  const found = await recordFiles(directory);
  const [format, ...others] = [...found.keys()];
  if (format === undefined) throw nothingFound(directory);
  if (others.length > 0) {
    throw notAdoptable(
      `${directory.location} holds files of several kinds: ${[...found].map(([kind, files]) => `${files[0]} (${kind})`).join(', ')}`,
      'Take in a directory with files of one kind.',
      { file: directory.location },
    );
  }
  const splits = await splitFiles(directory, found.get(format) ?? [], options.splits);
  const plan =
    format === 'tfrecord'
      ? await planExampleFiles(directory, splits, options)
      : await planColumnFiles(directory, format, splits);
  return { ...plan, writer: format, about: {}, releaseNotes: {} };
}

async function recordFiles(directory: LocalStorage): Promise<ReadonlyMap<RecordFormat, readonly string[]>> {
  const found = new Map<RecordFormat, string[]>();
  const paths: string[] = [];
  for await (const { path } of directory.walk('')) paths.push(path);
  for (const path of paths.sort()) {
    if (path.split('/').some((part) => part.startsWith('.') || part.startsWith('_'))) continue;
    const [, format] = endings.find(([ending]) => ending.test(path)) ?? [];
    if (format !== undefined) found.set(format, [...(found.get(format) ?? []), path]);
  }
  return found;
}

function nothingFound({ location }: LocalStorage): DatasetsError {
  return new DatasetsError('SOURCE_NOT_FOUND', `${location} holds no data that can be taken in`, {
    hint: 'Look whether the path is right. It must be a directory that tfds prepared (dataset_info.json, features.json), that datasets saved (save_to_disk), or that holds .parquet, .arrow or .tfrecord files.',
    at: { file: location },
  });
}
