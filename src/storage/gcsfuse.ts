import { readFileSync, realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatasetsError } from '../core/errors/index.js';

interface Mount {
  readonly source: string;
  /** Absolute. */
  readonly directory: string;
  readonly type: string;
}

/**
 * The bucket's URL of a directory that lies on a gcsfuse mount, or undefined where it lies on none.
 *
 * @param directory absolute; it need not exist.
 * @param mounts the text of /proc/self/mounts (proc(5)). Systems without it have no such mounts that could be seen.
 * @example
 * ```ts
 * gcsfuseUrl('/mnt/lab/registry', 'lab-datasets /mnt/lab fuse.gcsfuse rw 0 0'); // 'gs://lab-datasets/registry'
 * ```
 */
export function gcsfuseUrl(directory: string, mounts: string = readMounts()): string | undefined {
  if (!mounts.includes('gcsfuse')) return undefined;
  const path = realPath(directory);
  const mount = mountOf(path, parseMounts(mounts));
  if (mount === undefined || !isGcsfuse(mount)) return undefined;
  const inside = path.slice(mount.directory.length).replace(/^\//, '');
  // Mounted without a bucket's name, or with `_`, all buckets are folders of the mount.
  const isAllBuckets = mount.source === 'gcsfuse' || mount.source === '_';
  return `gs://${[...(isAllBuckets ? [] : [mount.source]), ...(inside === '' ? [] : [inside])].join('/')}`;
}

/**
 * Refuses a directory on a gcsfuse mount for what must appear in one step: gcsfuse renames a directory by copying object after object, and has no hard
 * links.
 *
 * @param purpose what was wanted: `publish to`.
 * @throws DatasetsError STORAGE_UNSUITABLE
 */
export function refuseGcsfuse(directory: string, purpose: string, mounts?: string): void {
  const url = gcsfuseUrl(directory, mounts);
  if (url === undefined) return;
  throw new DatasetsError(
    'STORAGE_UNSUITABLE',
    `can't ${purpose} ${directory}: it is a gcsfuse mount, where a rename is not one step`,
    {
      hint: `Name the bucket itself: ${url} (where it is mounted with --only-dir, with that directory before the path).`,
      at: { file: directory },
    },
  );
}

function isGcsfuse({ source, type }: Mount): boolean {
  return type === 'fuse.gcsfuse' || (type === 'fuse' && source.includes('gcsfuse'));
}

/** Of mounts at one place the last one is seen. */
function mountOf(path: string, mounts: readonly Mount[]): Mount | undefined {
  let found: Mount | undefined;
  for (const mount of mounts) {
    const isAbove = mount.directory === '/' || path === mount.directory || path.startsWith(`${mount.directory}/`);
    if (isAbove && mount.directory.length >= (found?.directory.length ?? 0)) found = mount;
  }
  return found;
}

/** Fields are separated by single spaces; space, tab, line break and backslash in them are written in octal (getmntent(3)). */
function parseMounts(text: string): readonly Mount[] {
  return text.split('\n').flatMap((line) => {
    const [source, directory, type] = line.split(' ').map((field) => unescapeOctal(field));
    return source === undefined || directory === undefined || type === undefined ? [] : [{ source, directory, type }];
  });
}

/** The escapes stand for bytes; what is escaped is ASCII. */
function unescapeOctal(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

/** Links followed, as far as the path exists. */
function realPath(directory: string): string {
  const path = resolve(directory);
  try {
    return realpathSync(path);
  } catch {
    // It doesn't exist yet, or may not be looked at: what is above it says where it lies.
    const parent = dirname(path);
    return parent === path ? path : resolve(realPath(parent), path.slice(parent.length).replace(/^\//, ''));
  }
}

function readMounts(): string {
  try {
    return readFileSync('/proc/self/mounts', 'utf8');
  } catch {
    return '';
  }
}
