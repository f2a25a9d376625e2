import { DatasetsError } from '../core/errors/index.js';
import { maxMetadataBytes } from '../core/json/index.js';

/** The largest object that `Storage.read` takes into memory: metadata is not larger, and data is read in ranges. */
export const maxSmallObjectBytes = maxMetadataBytes;

/** @throws DatasetsError MANIFEST_INVALID for an object that can be none of ours. */
export function checkSmall(bytes: number, file: string): void {
  if (bytes <= maxSmallObjectBytes) return;
  throw new DatasetsError(
    'MANIFEST_INVALID',
    `${file} has ${bytes} bytes; metadata has at most ${maxSmallObjectBytes}`,
    {
      hint: 'The file was changed or written by something else. Restore it, or remove what it belongs to.',
      at: { file },
    },
  );
}
