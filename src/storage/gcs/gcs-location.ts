import { DatasetsError } from '../../core/errors/index.js';
import { isRelativePath } from '../relative-path.js';

/** A place in a bucket: `gs://bucket/prefix`. */
export interface GcsLocation {
  readonly bucket: string;
  /** What the names of all objects begin with: `''`, or with a `/` at its end. */
  readonly prefix: string;
}

/** Google's rules for the names of buckets: https://cloud.google.com/storage/docs/buckets#naming. */
const bucketName = /^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/;

/** @throws DatasetsError CONFIG_INVALID for anything that is no URL of a place in a bucket. */
export function parseGcsUrl(url: string): GcsLocation {
  const [, bucket = '', path = ''] = /^gs:\/\/([^/]*)(?:\/(.*?))?\/?$/s.exec(url) ?? [];
  if (!bucketName.test(bucket) || (path !== '' && !isRelativePath(path))) {
    throw new DatasetsError('CONFIG_INVALID', `${JSON.stringify(url)} is no place in a bucket`, {
      hint: 'Write gs://bucket, or gs://bucket/folder with parts that are neither empty nor . or ..',
    });
  }
  return { bucket, prefix: path === '' ? '' : `${path}/` };
}

export function showGcsUrl({ bucket, prefix }: GcsLocation): string {
  return `gs://${bucket}${prefix === '' ? '' : `/${prefix.slice(0, -1)}`}`;
}
