import type { SourceContext } from '../source.js';
import { openObject } from './bucket-files.js';
import { absolutePath, type FileLocation, type LocalLocation, locationName } from './location.js';
import { LocalFile, type OpenedFile } from './opened-file.js';

/**
 * Opens a file, wherever it lies, and checks that it is still the one that was split.
 *
 * @throws DatasetsError SOURCE_NOT_FOUND, SOURCE_MALFORMED, or what a bucket's storage throws
 */
export async function openFile(
  location: FileLocation,
  expectedBytes: number,
  context: SourceContext,
): Promise<OpenedFile> {
  return location.in === 'bucket'
    ? openObject(location, expectedBytes)
    : openLocalFile(location, expectedBytes, context);
}

/** The same for a file of this machine, synchronously. */
export function openLocalFile(location: LocalLocation, expectedBytes: number, context: SourceContext): LocalFile {
  return new LocalFile(absolutePath(location, context), locationName(location), expectedBytes);
}
