import { DatasetsError } from '../../core/errors/index.js';
import { formatReference } from '../../core/names/index.js';
import type { Registry, ResolvedVersion } from '../../registry/index.js';
import type { Selection } from './selection.js';

/** A file that is to be pulled. */
export interface PulledFile {
  /** In the version's directory. */
  readonly path: string;
  readonly bytes: number;
  readonly crc32c: string | undefined;
  /** Undefined where nothing says it, as in data that tfds prepared. */
  readonly sha256: string | undefined;
}

/**
 * The files of a version that tfds prepared: everything in its directory, because nothing else says what belongs to it.
 *
 * @throws DatasetsError UNSUPPORTED when only a part of it is wanted.
 */
export async function preparedFiles(
  registry: Registry,
  resolved: ResolvedVersion,
  { formats, splits }: Selection,
): Promise<readonly PulledFile[]> {
  if (splits !== undefined || formats?.includes('tfrecord') === false) {
    throw new DatasetsError(
      'UNSUPPORTED',
      `${formatReference(resolved)} was prepared by tfds: it can be pulled as a whole, as TFRecord`,
      {
        hint: 'Leave out --split and --file-format.',
        at: { dataset: resolved.name },
      },
    );
  }
  const files: PulledFile[] = [];
  for await (const { path, bytes, crc32c } of registry.storage.walk(resolved.path)) {
    files.push({ path: path.slice(resolved.path.length + 1), bytes, crc32c, sha256: undefined });
  }
  return files;
}
