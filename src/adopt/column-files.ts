import { isDeepStrictEqual } from 'node:util';
import { type Json, parseJson } from '../core/json/index.js';
import { type ColumnsDescription, describeColumns } from '../formats/index.js';
import type { LocalStorage, OpenedObject } from '../storage/index.js';
import { asInputError, notAdoptable } from './adopt-errors.js';
import type { AdoptionPlan, PlannedShard, PlannedSplit } from './adoption-plan.js';
import { featuresOfColumns } from './features-of-columns.js';
import { FilePart } from './file-part.js';
import { propertyOf } from './read-json.js';
import type { SplitFiles } from './split-files.js';

/** What files of columns say, all of them together. */
type PlannedColumns = Pick<AdoptionPlan, 'format' | 'schema' | 'huggingFaceFeatures' | 'splits'>;

/**
 * Reads what Arrow or Parquet files say of themselves. Their columns must be the same everywhere; a column is optional where a file of them has a null. Files without rows, as Spark leaves
 * them for empty partitions, are no shards.
 *
 * @throws DatasetsError UNSUPPORTED for columns that differ, or have no counterpart here; SOURCE_MALFORMED.
 */
export async function planColumnFiles(
  directory: LocalStorage,
  format: 'arrow' | 'parquet',
  splitFiles: readonly SplitFiles[],
): Promise<PlannedColumns> {
  const splits: PlannedSplit[] = [];
  const nulls = new Set<string>();
  let first: { readonly file: string; readonly columns: ColumnsDescription } | undefined;
  for (const { name, files } of splitFiles) {
    const shards: PlannedShard[] = [];
    for (const path of files) {
      const { part, columns } = await describe(directory, format, path);
      first ??= { file: path, columns };
      if (!isDeepStrictEqual(first.columns.fields, columns.fields)) throw otherColumns(directory, first.file, path);
      for (const field of columns.nulls) nulls.add(field);
      if (columns.rows > 0) shards.push({ path, examples: columns.rows, ...part });
    }
    splits.push({ name, shards });
  }
  if (first === undefined)
    throw notAdoptable(`${directory.location} holds no files with records`, 'See what it holds.');
  const file = `${directory.location}/${first.file}`;
  const huggingFaceFeatures = storedFeatures(first.columns, file);
  const schema = featuresOfColumns(first.columns.fields, { nulls, huggingFaceFeatures, file });
  return { format, schema, huggingFaceFeatures: format === 'arrow' ? huggingFaceFeatures : undefined, splits };
}

async function describe(directory: LocalStorage, format: 'arrow' | 'parquet', path: string) {
  const file = `${directory.location}/${path}`;
  const opened: OpenedObject = await directory.open(path);
  try {
    const part = format === 'arrow' ? await FilePart.streamOf(opened, file) : FilePart.whole(opened);
    const columns = await describeColumns(format, part, file);
    return { part: { bytes: opened.bytes, from: part.from, to: part.to }, columns };
  } catch (error) {
    throw asInputError(error, file);
  } finally {
    await opened.close();
  }
}

/** What Hugging Face datasets keeps of its features in the metadata of a schema (arrow_writer.py, `_build_metadata`). */
function storedFeatures({ metadata }: ColumnsDescription, file: string): Json | undefined {
  const text = metadata.get('huggingface');
  if (text === undefined) return undefined;
  const json = parseJson(Buffer.from(text), `${file}, its metadata \`huggingface\``);
  return propertyOf(propertyOf(json, 'info'), 'features');
}

function otherColumns({ location }: LocalStorage, first: string, other: string) {
  return notAdoptable(
    `${location}/${other} has other columns than ${first}`,
    'Files of one version have the same columns with the same types. Write them again, or take in a part of them: --split train=GLOB.',
    { file: `${location}/${other}` },
  );
}
