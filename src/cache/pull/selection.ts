import { DatasetsError } from '../../core/errors/index.js';
import { formatReference, nearestHint } from '../../core/names/index.js';
import {
  type Manifest,
  type ManifestFile,
  type RecordFormat,
  recordFormats,
  versionFiles,
} from '../../registry/index.js';

/** The part of a version that is wanted; all where it is undefined. */
export interface Selection {
  readonly formats: readonly RecordFormat[] | undefined;
  readonly splits: readonly string[] | undefined;
}

/** The splits and formats of a whole version. */
export interface Extent {
  readonly splits: readonly string[];
  readonly formats: readonly RecordFormat[];
}

/** What a directory holds. */
export function extentOf({ splits, files }: Manifest): Extent {
  const formats = new Set(files.map(({ format }) => format));
  return {
    splits: splits.map(({ name }) => name),
    formats: recordFormats.filter((format) => formats.has(format)),
  };
}

/** What the version has that a directory holds, or holds a part of. */
export function wholeExtentOf(manifest: Manifest): Extent {
  return manifest.partOf ?? extentOf(manifest);
}

/** Whether a directory holds all that is wanted. */
export function covers(manifest: Manifest, { formats, splits }: Selection): boolean {
  const here = extentOf(manifest);
  const whole = wholeExtentOf(manifest);
  return (
    (splits ?? whole.splits).every((split) => here.splits.includes(split)) &&
    (formats ?? whole.formats).every((format) => here.formats.includes(format))
  );
}

/**
 * The files of a version that are wanted: shards and indices of the splits, in the formats, and the metadata that stock readers need for them.
 *
 * @throws DatasetsError SPLIT_UNKNOWN; UNSUPPORTED for a format that the version doesn't have.
 */
export function selectFiles(manifest: Manifest, selection: Selection): readonly ManifestFile[] {
  checkSelection(manifest, selection);
  return manifest.files.filter((file) => isSelected(file, selection));
}

function isSelected({ path, format, split }: ManifestFile, { formats, splits }: Selection): boolean {
  const hasFormat = (name: RecordFormat): boolean => formats?.includes(name) ?? true;
  const hasSplit = (name: string | undefined): boolean => splits?.includes(name ?? '') ?? true;
  if (format === 'index') return hasSplit(split);
  if (format !== 'metadata') return hasFormat(format) && hasSplit(split);
  const [folder, splitFolder, file] = path.split('/');
  if (folder === versionFiles.arrow) return hasFormat('arrow') && (file === undefined || hasSplit(splitFolder));
  return path === versionFiles.license || hasFormat('tfrecord');
}

function checkSelection(manifest: Manifest, { formats, splits }: Selection): void {
  const extent = extentOf(manifest);
  const reference = formatReference(manifest);
  const unknown = splits?.find((split) => !extent.splits.includes(split));
  if (unknown !== undefined) {
    throw new DatasetsError('SPLIT_UNKNOWN', `${reference} has no split ${unknown}`, {
      hint: nearestHint(unknown, extent.splits, 'splits'),
      at: { dataset: manifest.name, split: unknown },
    });
  }
  const missing = formats?.find((format) => !extent.formats.includes(format));
  if (missing === undefined) return;
  throw new DatasetsError('UNSUPPORTED', `${reference} has no ${missing} files`, {
    hint: `Its formats are: ${extent.formats.join(', ')}.`,
    at: { dataset: manifest.name },
  });
}
