import { DatasetsError } from '../core/errors/index.js';
import { formatReference } from '../core/names/index.js';
import { openVersion } from '../reader/index.js';
import { versionFiles } from '../registry/index.js';
import type { LocalStorage } from '../storage/index.js';
import { notAdoptable } from './adopt-errors.js';
import type { AdoptionPlan, PlannedSplit } from './adoption-plan.js';

/** Whether a directory is one that tfds prepared. */
export async function isTfdsDirectory(directory: LocalStorage): Promise<boolean> {
  return (
    (await directory.stat(versionFiles.datasetInfo)) !== undefined &&
    (await directory.stat(versionFiles.features)) !== undefined
  );
}

/**
 * Reads what tfds prepared: its features.json and label files, its splits with their shards.
 *
 * @throws DatasetsError UNSUPPORTED for a format or a feature of tfds that has no counterpart here; MANIFEST_INVALID, SOURCE_NOT_FOUND.
 */
export async function planTfdsDirectory(directory: LocalStorage): Promise<Omit<AdoptionPlan, 'leftOut'>> {
  const { info, schema } = await openVersion(directory.location);
  if (info.manifest !== undefined) {
    throw notAdoptable(
      `${directory.location} is a version that this package published`,
      `Copy it from its registry to another: ailab-datasets promote ${formatReference(info.manifest)} --from … --to …`,
      { file: directory.location },
    );
  }
  const splits: PlannedSplit[] = [];
  for (const split of info.splits) {
    const shards = split.shards.map(async ({ examples, files }) => {
      const path = files.tfrecord?.path ?? '';
      const file = await directory.stat(path);
      if (file === undefined) throw missing(directory, path);
      return { path, examples, bytes: file.bytes, from: 0, to: file.bytes };
    });
    splits.push({ name: split.name, shards: await Promise.all(shards) });
  }
  const { description, configDescription, homepage, citation, license, supervisedKeys } = info;
  return {
    writer: 'tfds',
    format: 'tfrecord',
    schema,
    huggingFaceFeatures: undefined,
    about: {
      ...(description !== '' && { description }),
      ...(configDescription !== undefined && { configDescription }),
      ...(homepage !== undefined && { homepage }),
      ...(citation !== undefined && { citation }),
      ...(license !== undefined && { license }),
      ...(supervisedKeys !== undefined && { supervisedKeys: [supervisedKeys[0], supervisedKeys[1]] }),
    },
    releaseNotes: info.releaseNotes,
    splits,
  };
}

function missing({ location }: LocalStorage, path: string): DatasetsError {
  const file = `${location}/${path}`;
  return new DatasetsError('SOURCE_NOT_FOUND', `${file} is missing, which ${versionFiles.datasetInfo} names`, {
    hint: 'Copy the directory as a whole, or have tfds prepare it again.',
    at: { file },
  });
}
