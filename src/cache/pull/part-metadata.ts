import { createHash } from 'node:crypto';
import { Crc32c } from '../../core/checksum/index.js';
import { type Json, parseJson } from '../../core/json/index.js';
import {
  contentDigestOf,
  formatJson,
  formatManifest,
  type Manifest,
  type ManifestFile,
  versionFiles,
} from '../../registry/index.js';
import type { LocalStorage } from '../../storage/index.js';
import { extentOf, type Selection, wholeExtentOf } from './selection.js';

const splitLists = [versionFiles.datasetInfo, `${versionFiles.arrow}/dataset_dict.json`];

/**
 * Makes the metadata of a pulled part speak of that part alone: stock readers list the splits that are there, and the manifest names the files that are
 * there. The manifest comes last.
 *
 * @param storage is the directory of the part.
 * @param files are the files of the part, as the whole version's manifest tells them.
 */
export async function writePartManifest(
  storage: LocalStorage,
  whole: Manifest,
  files: readonly ManifestFile[],
  selection: Selection,
): Promise<void> {
  const splits = whole.splits.filter(({ name }) => selection.splits?.includes(name) ?? true);
  const names = new Set(splits.map(({ name }) => name));
  const partFiles: ManifestFile[] = [];
  for (const file of files) {
    partFiles.push(
      splitLists.includes(file.path) && names.size < whole.splits.length ? await rewrite(storage, file, names) : file,
    );
  }
  const { splits: allSplits, formats } = wholeExtentOf(whole);
  const part = { ...whole, splits, contentDigest: contentDigestOf(splits), files: partFiles };
  const isWhole = extentOf(part).formats.length === formats.length && splits.length === allSplits.length;
  const partOf = {
    splits: [...allSplits],
    formats: [...formats],
    contentDigest: whole.partOf?.contentDigest ?? whole.contentDigest,
  };
  await storage.write(versionFiles.manifest, formatManifest(isWhole ? part : { ...part, partOf }));
}

/** Leaves out splits that aren't there: of `{"splits": ["train"]}`, or of `{"splits": [{"name": "train"}]}`. */
async function rewrite(storage: LocalStorage, file: ManifestFile, names: ReadonlySet<string>): Promise<ManifestFile> {
  const json = parseJson((await storage.read(file.path)) ?? new Uint8Array(0), `${storage.location}/${file.path}`);
  const bytes = Buffer.from(formatJson(withSplits(json, names)));
  await storage.write(file.path, bytes, { sync: false });
  return {
    ...file,
    bytes: bytes.length,
    crc32c: new Crc32c().update(bytes).digestBase64(),
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}

function withSplits(json: Json, names: ReadonlySet<string>): Json {
  if (typeof json !== 'object' || json === null || !('splits' in json) || !Array.isArray(json.splits)) return json;
  const nameOf = (split: Json): unknown =>
    typeof split === 'object' && split !== null && 'name' in split ? split.name : split;
  return { ...json, splits: json.splits.filter((split) => names.has(String(nameOf(split)))) };
}
