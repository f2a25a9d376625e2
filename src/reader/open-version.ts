import { DatasetsError } from '../core/errors/index.js';
import { type AnyFeature, type ColumnBatch, createDecoder, type Leaf } from '../features/index.js';
import { arrowSchemaOf } from '../formats/index.js';
import type { VersionInfo } from '../registry/index.js';
import { Dataset } from './dataset.js';
import { type FileVerification, ShardFiles } from './shards/shard-files.js';
import type { SplitSelector } from './split/split-selector.js';
import { versionRanges } from './split/version-ranges.js';
import { localVersionFiles, type VersionFiles, versionInfo } from './version-files.js';
import { readSchema } from './version-schema.js';
import { type ReadFormat, VersionSource } from './version-source.js';

export interface OpenOptions {
  /** Which of the version's formats is read. Default: Arrow where it is there, which is faster and holds float64 exactly; else TFRecord, else Parquet. */
  readonly format?: ReadFormat | undefined;
  /**
   * What each file is compared with before it is read: `size` with its size in the manifest (the default), `full` also with its SHA-256, `none`
   * with nothing. A file that was fetched from a remote registry was compared with its checksums then.
   */
  readonly verify?: FileVerification | undefined;
  /** Whether the checksum of each TFRecord is verified. Default true, unless `verify` is `none`; without it reading columns is a fifth faster. */
  readonly verifyChecksums?: boolean | undefined;
}

/** A version, open for reading. It holds no file open. */
export interface VersionReader<Example> {
  readonly info: VersionInfo;
  readonly schema: AnyFeature;
  /** The columns that a `Columns` has, in their order. */
  readonly leaves: readonly Leaf[];
  readonly format: ReadFormat;
  /**
   * Examples of the version.
   *
   * @param selector an expression of tfds, a slice, or a part that `evenSplits` made. Default: all splits in their order.
   * @throws DatasetsError SPLIT_UNKNOWN, SPLIT_EXPRESSION_INVALID.
   */
  dataset(selector?: SplitSelector): Dataset<Example>;
}

/**
 * Opens a published version, or a directory that stock tfds prepared.
 *
 * @param version its directory, `<registry>/<name>/[<config>/]<version>`, or its files wherever they come from.
 * @throws DatasetsError VERSION_UNKNOWN when the directory holds no version; MANIFEST_INVALID, FORMAT_TOO_NEW; UNSUPPORTED for a format that
 * the version doesn't have, or a feature of tfds that has no counterpart here.
 * @example
 * ```ts
 * const version = await openVersion('/data/registry/mnist/1.0.0');
 * for await (const example of version.dataset('train[:10]')) console.log(example);
 * ```
 */
export async function openVersion<Example = Readonly<Record<string, unknown>>>(
  version: string | VersionFiles,
  options: OpenOptions = {},
): Promise<VersionReader<Example>> {
  const files = typeof version === 'string' ? localVersionFiles(version) : version;
  const info = await versionInfo(files);
  const schema = await readSchema(files.metadata, info);
  const format = chooseFormat(info, options.format, files.location);
  const arrow = arrowSchemaOf(schema);
  const source = new VersionSource<Example>({
    files: new ShardFiles(files, info, options.verify),
    arrow,
    format,
    verify: options.verifyChecksums ?? options.verify !== 'none',
    decode: batchDecoder(schema),
  });
  return {
    info,
    schema,
    leaves: arrow.leaves,
    format,
    dataset: (selector = 'all') => new Dataset(source, versionRanges(info, selector)),
  };
}

/** The schema of a version says what its examples are; that they are `Example`s is what the caller knows of it. */
function batchDecoder<Example>(schema: AnyFeature): (batch: ColumnBatch) => readonly Example[] {
  const decoder = createDecoder(schema);
  return (batch) => {
    const rows = decoder.rows(batch);
    const examples: Example[] = [];
    for (let row = 0; row < rows.length; row++) examples.push(rows.get(row) as Example);
    return examples;
  };
}

function chooseFormat(info: VersionInfo, wanted: ReadFormat | undefined, location: string): ReadFormat {
  const format = wanted ?? (info.formats.includes('arrow') ? 'arrow' : info.formats[0]);
  if (format !== undefined && info.formats.includes(format)) return format;
  const formats = info.formats.length === 0 ? 'none' : info.formats.join(', ');
  throw new DatasetsError('UNSUPPORTED', `${location} can't be read as ${wanted ?? 'TFRecord, Arrow or Parquet'}`, {
    hint: `Its formats are: ${formats}.`,
    at: { dataset: info.name },
  });
}
