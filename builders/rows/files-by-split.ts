import type { FileReference, NpmFile } from '../../src/index.js';
import { inFolder } from './in-folder.js';
import { formatEndings, type RowFormat } from './row-format.js';

/**
 * The files of each split in a folder, found as Hugging Face `load_dataset` finds them: in folders (`train/…`), or by name (`train.csv`, `train-00000-of-00004.csv.gz`, `clicks_train.csv`).
 *
 * @param folder relative to the builder's module, absolute, on `gs://`, or inside an npm package
 * @param splits the splits, by the names that folders and files have
 * @example
 * ```ts
 * protected override readonly layout = { files: filesBySplit('data', 'csv', ['train', 'validation', 'test']), key: 'id' };
 * ```
 */
export function filesBySplit<const S extends string>(
  folder: string | NpmFile,
  format: RowFormat,
  splits: readonly S[],
): Readonly<Record<S, FileReference>> {
  const endings = formatEndings[format].flatMap((ending) =>
    isCompressible(format) ? [ending, `${ending}.gz`, `${ending}.zst`] : ending,
  );
  const entries = splits.map((split) => {
    const names = [`${split}/**/*`, split, `${split}[-_.]*`, `*[-_.]${split}`, `*[-_.]${split}[-_.]*`];
    return [split, inFolder(folder, `{${names.join(',')}}.{${endings.join(',')}}`)];
  });
  // The splits are the keys.
  return Object.fromEntries(entries) as Record<S, FileReference>;
}

/** Parquet and Arrow compress inside. */
function isCompressible(format: RowFormat): boolean {
  return format !== 'parquet' && format !== 'arrow';
}
