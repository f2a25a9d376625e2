import { fetchFiles, type LocatedVersion, locateVersion, reportYank, type YankReaction } from '../cache/index.js';
import type { ResolvedConfig } from '../core/config/index.js';
import { DatasetsError } from '../core/errors/index.js';
import { formatReference, nearestHint, parseReference, type Reference } from '../core/names/index.js';
import { versionInfo } from '../reader/index.js';
import { openRegistry, type RecordFormat, type Registry, type ResolvedVersion } from '../registry/index.js';
import { listDatasets } from './list-datasets.js';

/** What becomes of a yanked version, and who is told. */
export type FindOptions = YankReaction;

/**
 * The published version that a reference means, as the registry says it.
 *
 * @param options what becomes of a yanked version. Default: nobody is told.
 * @throws DatasetsError NAME_INVALID; DATASET_UNKNOWN, CONFIG_UNKNOWN, VERSION_UNKNOWN, with the command that builds it where that would help.
 */
export async function findVersion(
  reference: string,
  config: ResolvedConfig,
  options?: FindOptions,
): Promise<ResolvedVersion> {
  const found = await find(reference, config, (registry, wanted) => registry.resolve(wanted));
  if (options !== undefined) reportYank(found, options);
  return found;
}

/**
 * The same, to be opened: that of a remote registry through this machine's cache, which also answers when the registry can't be reached.
 *
 * @throws DatasetsError as `findVersion`, and as `locateVersion`.
 */
export function locateReference(
  reference: string,
  config: ResolvedConfig,
  options: FindOptions = {},
): Promise<LocatedVersion> {
  return find(reference, config, (registry, wanted) => locateVersion(registry, wanted, { ...config, ...options }));
}

async function find<V>(
  reference: string,
  config: ResolvedConfig,
  search: (registry: Registry, wanted: Reference) => Promise<V>,
): Promise<V> {
  const wanted = parseReference(reference);
  try {
    return await search(openRegistry(config.registry), wanted);
  } catch (error) {
    if (!(error instanceof DatasetsError) || error.code !== 'DATASET_UNKNOWN') throw error;
    throw await notPublished(wanted, config);
  }
}

/** The registry knows its own data sets alone; a builder that has not been built yet is known all the same. */
async function notPublished(wanted: Reference, config: ResolvedConfig): Promise<DatasetsError> {
  const known = (await listDatasets(config)).map(({ name }) => name);
  const reference = formatReference(wanted);
  if (known.includes(wanted.name)) {
    return new DatasetsError('VERSION_UNKNOWN', `${reference} is not published in ${config.registry}`, {
      hint: `ailab-datasets build ${formatReference({ ...wanted, alias: undefined })}`,
      at: { dataset: wanted.name },
    });
  }
  return new DatasetsError(
    'DATASET_UNKNOWN',
    `there is no data set ${wanted.name}, neither a builder nor a version in ${config.registry}`,
    {
      hint: nearestHint(wanted.name, known, 'data sets'),
      at: { dataset: wanted.name },
    },
  );
}

/**
 * Absolute paths of a split's shards, in order; those of a remote registry are fetched first.
 *
 * @param format default: the first that the version has, of TFRecord, Arrow, Parquet
 * @throws DatasetsError SPLIT_UNKNOWN; UNSUPPORTED when the version lacks the format.
 */
export async function shardPaths(
  { files: versionFiles }: LocatedVersion,
  split: string,
  format?: RecordFormat,
): Promise<readonly string[]> {
  const info = await versionInfo(versionFiles);
  const found = info.splits.find(({ name }) => name === split);
  if (found === undefined) {
    throw new DatasetsError('SPLIT_UNKNOWN', `${formatReference(info)} has no split ${split}`, {
      hint: nearestHint(
        split,
        info.splits.map(({ name }) => name),
        'splits',
      ),
      at: { dataset: info.name, split },
    });
  }
  const wanted = format ?? info.formats[0];
  if (wanted === undefined || !info.formats.includes(wanted)) {
    throw new DatasetsError('UNSUPPORTED', `${formatReference(info)} has no ${wanted ?? ''} files`, {
      hint: `Its formats are: ${info.formats.join(', ')}.`,
      at: { dataset: info.name },
    });
  }
  return fetchFiles(
    versionFiles,
    found.shards.flatMap(({ files }) => files[wanted]?.path ?? []),
  );
}
