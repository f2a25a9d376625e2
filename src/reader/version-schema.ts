import { DatasetsError } from '../core/errors/index.js';
import { parseJson } from '../core/json/index.js';
import { type AnyFeature, featuresFromJson, schemaFromJson } from '../features/index.js';
import { type VersionInfo, versionFiles } from '../registry/index.js';
import type { Storage } from '../storage/index.js';

const namesFile = /\.labels\.txt$/;

/**
 * The schema by which a version was written: from its manifest, or from the features.json and label files of tfds.
 *
 * @param storage is the version's directory.
 * @throws DatasetsError MANIFEST_INVALID; UNSUPPORTED for a feature of tfds that has no counterpart here.
 */
export async function readSchema(storage: Storage, info: VersionInfo): Promise<AnyFeature> {
  if (info.schema !== undefined) return schemaFromJson(info.schema);
  const file = `${storage.location}/${versionFiles.features}`;
  const bytes = await storage.read(versionFiles.features);
  if (bytes === undefined) {
    throw new DatasetsError('MANIFEST_INVALID', `${file} is missing`, {
      hint: 'tfds writes it beside dataset_info.json. Prepare the data set again with tfds 4 or later.',
      at: { file },
    });
  }
  const names = await readNamesFiles(storage);
  return featuresFromJson(parseJson(bytes, file), (fileName) => names.get(fileName));
}

/** All label files: which of them the features ask for shows only while features.json is read. */
async function readNamesFiles(storage: Storage): Promise<ReadonlyMap<string, readonly string[]>> {
  const names = new Map<string, readonly string[]>();
  for (const { name, kind } of await storage.list('')) {
    if (kind !== 'object' || !namesFile.test(name)) continue;
    const bytes = await storage.read(name);
    // As tfds reads them (class_label_feature.py, `_load_names_from_file`): lines without the space around them, and no empty ones.
    const lines = Buffer.from(bytes ?? [])
      .toString('utf8')
      .split('\n')
      .map((line) => line.trim());
    names.set(
      name,
      lines.filter((line) => line !== ''),
    );
  }
  return names;
}
