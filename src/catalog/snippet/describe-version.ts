import { leavesOf } from '../../features/index.js';
import { openVersion } from '../../reader/index.js';
import { snippetMedia } from './snippet-media.js';
import type { SnippetVersion } from './snippet-version.js';

/**
 * What snippets need to know of a version.
 *
 * @param directory absolute path of the version
 * @throws DatasetsError VERSION_UNKNOWN, MANIFEST_INVALID, FORMAT_TOO_NEW, UNSUPPORTED
 */
export async function versionForSnippet(directory: string): Promise<SnippetVersion> {
  const { info, schema } = await openVersion(directory);
  const { name, config, version, formats } = info;
  const splits = info.splits.map((split) => ({
    name: split.name,
    tfrecordFiles: split.shards.flatMap(({ files }) => files.tfrecord?.path ?? []),
    parquetFiles: split.shards.flatMap(({ files }) => files.parquet?.path ?? []),
    arrowFiles: split.shards.flatMap(({ files }) => files.arrow?.path ?? []),
  }));
  return { name, config, version, directory, formats, splits, leaves: leavesOf(schema), media: snippetMedia(schema) };
}
