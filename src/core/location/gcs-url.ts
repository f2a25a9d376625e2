import { DatasetsError } from '../errors/index.js';

/** A place in Google Cloud Storage. */
export interface GcsLocation {
  readonly bucket: string;
  /** Inside the bucket, without a slash at either end; '' for the bucket itself. */
  readonly path: string;
}

/** Whether a text is a URL of any kind, and so no path. */
export function isUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(text);
}

/** Whether a text is meant as a place in Google Cloud Storage; `parseGcsUrl` says whether it is one. */
export function isGcsUrl(text: string): boolean {
  return text.startsWith('gs://');
}

/**
 * What keeps a URL from being `gs://bucket` or `gs://bucket/path`, in words that follow "must"; undefined for a good one.
 *
 * The rules for buckets are Google's (cloud.google.com/storage/docs/buckets#naming). Paths are ours: no part is empty, `.` or `..`, so that one place
 * has one spelling and no path leaves its prefix.
 */
export function gcsUrlProblem(url: string): string | undefined {
  if (!isGcsUrl(url)) return 'begin with gs://';
  const { bucket, path } = split(url);
  if (bucket === '') return 'name a bucket: gs://bucket/path';
  if (!isBucketName(bucket)) {
    return `name a bucket of 3 to 63 lower-case letters, digits, dashes, underscores and dots, which ${JSON.stringify(bucket)} is not`;
  }
  if (path === '') return undefined;
  const parts = path.split('/');
  if (parts.includes('')) return 'have no empty part between its slashes';
  if (parts.some((part) => part === '.' || part === '..')) return 'have no part . or ..';
  if (/[\p{Cc}\p{Cs}\\]/u.test(path)) return 'have no control characters and no backslashes';
  // Google allows 1,024 bytes for the name of an object, which lies below this path.
  return Buffer.byteLength(path) > 1024 ? 'have at most 1024 bytes after the bucket' : undefined;
}

/**
 * The bucket and path of a URL; a slash at its end doesn't count.
 *
 * @throws DatasetsError NAME_INVALID with what is wrong.
 * @example
 * ```ts
 * parseGcsUrl('gs://our-data/registry/'); // { bucket: 'our-data', path: 'registry' }
 * ```
 */
export function parseGcsUrl(url: string): GcsLocation {
  const problem = gcsUrlProblem(url);
  if (problem === undefined) return split(url);
  throw new DatasetsError('NAME_INVALID', `${JSON.stringify(url)} must ${problem}`, {
    hint: 'Write gs://bucket or gs://bucket/path.',
    at: { file: url },
  });
}

/** The one spelling of a place: `gs://our-data/registry`. */
export function formatGcsUrl({ bucket, path }: GcsLocation): string {
  return path === '' ? `gs://${bucket}` : `gs://${bucket}/${path}`;
}

function split(url: string): GcsLocation {
  const place = url.slice('gs://'.length);
  const slash = place.indexOf('/');
  return slash < 0
    ? { bucket: place, path: '' }
    : { bucket: place.slice(0, slash), path: place.slice(slash + 1).replace(/\/$/, '') };
}

function isBucketName(name: string): boolean {
  const parts = name.split('.');
  const longest = parts.length === 1 ? 63 : 222;
  return (
    name.length >= 3 &&
    name.length <= longest &&
    /^[a-z0-9][a-z0-9._-]*[a-z0-9]$/.test(name) &&
    parts.every((part) => part.length >= 1 && part.length <= 63) &&
    !/^\d+\.\d+\.\d+\.\d+$/.test(name) &&
    !name.startsWith('goog') &&
    !/g[o0]{2}gle/.test(name)
  );
}
