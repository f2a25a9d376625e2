import { leavesOf } from '../../features/index.js';
import { openVersion, type VersionFiles } from '../../reader/index.js';
import { snippetMedia } from './snippet-media.js';
import type { RemoteOrigin, SnippetVersion } from './snippet-version.js';

/**
 * What snippets need to know of a version.
 *
 * @param files absolute directory of the version, or its files where they are remote
 * @param origin where Python is to fetch it from. Default: it reads the directory
 * @throws DatasetsError VERSION_UNKNOWN, MANIFEST_INVALID, FORMAT_TOO_NEW, UNSUPPORTED
 */
export async function versionForSnippet(files: string | VersionFiles, origin?: RemoteOrigin): Promise<SnippetVersion> {
  const { info, schema } = await openVersion(files);
  const { name, config, version, formats } = info;
  const splits = info.splits.map((split) => ({
    name: split.name,
    tfrecordFiles: split.shards.flatMap(({ files }) => files.tfrecord?.path ?? []),
    parquetFiles: split.shards.flatMap(({ files }) => files.parquet?.path ?? []),
    arrowFiles: split.shards.flatMap(({ files }) => files.arrow?.path ?? []),
  }));
  const directory = origin ?? (typeof files === 'string' ? files : files.location);
  return { name, config, version, directory, formats, splits, leaves: leavesOf(schema), media: snippetMedia(schema) };
}
