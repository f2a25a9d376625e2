import { pythonString, shardPattern } from './python-text.js';
import type { SnippetVersion } from './snippet-version.js';

/** A path inside a version's directory as a Python expression; '' for the directory. In a remote registry it is a call that fetches the version. */
export function versionPath({ directory }: SnippetVersion, path: string): string {
  if (typeof directory === 'string') return pythonString(path === '' ? directory : `${directory}/${path}`);
  const pulled = `pull(${pythonString(directory.reference)})`;
  return path === '' ? pulled : `${pulled} / ${pythonString(path)}`;
}

/** The pattern of a split's files. What is fetched from a registry may be another version than today's, with another number of shards. */
export function filePattern({ directory }: SnippetVersion, paths: readonly string[]): ReturnType<typeof shardPattern> {
  const exact = shardPattern(paths);
  if (typeof directory === 'string') return exact;
  return { ...exact, pattern: exact.pattern.replace(/-[\d*]+-of-[\d*]+/, '-*') };
}
