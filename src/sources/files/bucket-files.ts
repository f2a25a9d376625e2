import { formatGcsUrl, type GcsLocation, parseGcsUrl } from '../../core/location/index.js';
import { openStorage, type Storage, type StoredObject } from '../../storage/index.js';
import type { GlobTree } from './glob.js';
import type { BucketLocation } from './location.js';
import { changed, missing, type OpenedFile } from './opened-file.js';

/** One storage a bucket, and so one client with its connections, for all files of a process. */
const storages = new Map<string, Storage>();

function storageOf({ bucket }: GcsLocation): Storage {
  const known = storages.get(bucket) ?? openStorage(formatGcsUrl({ bucket, path: '' }));
  storages.set(bucket, known);
  return known;
}

/**
 * The object that a URL names, or undefined where there is none.
 *
 * @throws DatasetsError of the storage: CREDENTIALS_MISSING, BUCKET_UNKNOWN, STORAGE_DENIED, ...
 */
export async function findObject(url: string): Promise<StoredObject | undefined> {
  const place = parseGcsUrl(url);
  return place.path === '' ? undefined : storageOf(place).stat(place.path);
}

/** The objects of a bucket as files in folders. */
export function bucketTree(place: GcsLocation): GlobTree {
  const storage = storageOf(place);
  return {
    async list(folder) {
      const entries = await storage.list(folder.replace(/\/$/, ''));
      return entries.map(({ name, kind }) => ({ name, kind: kind === 'object' ? 'file' : 'folder' }));
    },
    leadsToFile: async () => false,
  };
}

/** Opens the object that was found when the source was split, or fails. */
export async function openObject(location: BucketLocation, expectedBytes: number): Promise<OpenedFile> {
  const place = parseGcsUrl(location.path);
  const now = await findObject(location.path);
  if (now === undefined) throw missing(location.path, `It was looked for in the bucket ${place.bucket}.`);
  if (now.bytes !== expectedBytes) throw changed(location.path, expectedBytes, now.bytes);
  if (location.crc32c !== null && now.crc32c !== undefined && now.crc32c !== location.crc32c) {
    throw changed(location.path, expectedBytes, now.bytes);
  }
  const object = await storageOf(place).open(place.path);
  return {
    name: location.path,
    bytes: object.bytes,
    async read(offset, length, into) {
      const bytes = await object.read(offset, length, into);
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    },
    close: () => object.close(),
  };
}
