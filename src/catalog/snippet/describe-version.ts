import { type AnyFeature, leavesOf } from '../../features/index.js';
import type { VersionInfo } from '../../registry/index.js';
import { snippetMedia } from './snippet-media.js';
import type { SnippetVersion } from './snippet-version.js';

/**
 * What snippets need to know of a version.
 *
 * @param directory absolute path of the version
 * @param schema the version's features
 */
export function snippetVersion(info: VersionInfo, directory: string, schema: AnyFeature): SnippetVersion {
  const { name, config, version, formats } = info;
  const splits = info.splits.map((split) => ({
    name: split.name,
    tfrecordFiles: split.shards.flatMap(({ files }) => files.tfrecord?.path ?? []),
    arrowFiles: split.shards.flatMap(({ files }) => files.arrow?.path ?? []),
  }));
  return { name, config, version, directory, formats, splits, leaves: leavesOf(schema), media: snippetMedia(schema) };
}
