import { DatasetsError, internalError } from '../../../core/errors/index.js';
import { isGcsUrl, isUrl, parseGcsUrl } from '../../../core/location/index.js';
import { refuseGcsfuse } from '../../../storage/index.js';
import { BucketFiles } from './bucket-files.js';
import { DirectoryFiles } from './directory-files.js';
import type { WorkFiles } from './work-files.js';

export interface WorkFilesOptions {
  /** Absolute; where this process may keep what it fetches and writes, in a folder of its own. */
  readonly scratch: string;
}

/**
 * Opens the work location of one job; nothing is asked of it yet.
 *
 * @param location an absolute directory that all machines of the job see under this path, or `gs://bucket/prefix`; of this job alone.
 * @throws DatasetsError UNSUPPORTED for another kind of URL, NAME_INVALID for a malformed `gs://` URL, STORAGE_UNSUITABLE for a directory on a gcsfuse mount.
 * @example
 * ```ts
 * const files = openWorkFiles('gs://lab-work/jobs/product_a-1', { scratch: tmpdir() });
 * const { task, upload, close } = await files.localise(staged);
 * ```
 */
export function openWorkFiles(location: string, options: WorkFilesOptions): WorkFiles {
  if (isGcsUrl(location)) {
    // All that lies there is deleted with the job.
    if (parseGcsUrl(location).path === '') throw internalError(`${location} is a whole bucket, not the place of a job`);
    return new BucketFiles(location, options.scratch);
  }
  if (!isUrl(location)) {
    refuseGcsfuse(location, 'run a job through');
    return new DirectoryFiles(location);
  }
  throw new DatasetsError('UNSUPPORTED', `${location} can't be a work location`, {
    hint: 'Name a directory that all machines of the job share, or gs://bucket/prefix.',
    at: { file: location },
  });
}
