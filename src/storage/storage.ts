/** One object: a file, or on object storage an object. */
export interface StoredObject {
  /** Relative to the storage's location, with `/`. */
  readonly path: string;
  readonly bytes: number;
  readonly modified: Date;
  /** CRC-32C as base64 of its four bytes in big-endian order, where the storage knows it without reading the object. */
  readonly crc32c?: string;
}

/** What was fetched: its size and the CRC-32C (base64, big-endian) of the bytes as they were written. */
export interface Downloaded {
  readonly bytes: number;
  readonly crc32c: string;
}

export interface UploadOptions {
  /** The CRC-32C that the file must have (base64, big-endian), as a manifest states it. */
  readonly crc32c?: string;
}

/** What lies directly in a directory. */
export interface DirectoryEntry {
  /** Without the directory. */
  readonly name: string;
  readonly kind: 'object' | 'directory';
}

/** An object opened for ranged reads; whoever opened it closes it. An object that is replaced meanwhile is never mixed with the new one. */
export interface OpenedObject {
  readonly bytes: number;
  /**
   * Reads up to `length` bytes from byte `offset`; fewer only where the object ends.
   *
   * @param into is used for the result where it is given and large enough; the result then lies in it.
   */
  read(offset: number, length: number, into?: Uint8Array): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** An object that is being written. Nobody sees any of it before `close`; a second `close` of the same path replaces the object. */
export interface ObjectWriter {
  write(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
  /** Drops what was written; does nothing after `close`. */
  abort(): Promise<void>;
}

/**
 * The one seam between registries and where their bytes lie: a local directory, or a bucket of object storage.
 *
 * Its one atomic primitive is `createIfAbsent`, which both have (a hard link; a precondition on the generation). What must change
 * over time (an alias, a lease) is a row of objects with numbered names, each created once: the highest number counts. There is no file lock: flock
 * fails on network file systems and doesn't exist on object storage.
 *
 * Bytes that go to object storage and come from there are checked by CRC-32C; faults of the network that pass are waited out.
 *
 * Paths are relative, with `/`, and never leave the location; every method throws `STORAGE_FAILED` for one that would. Other faults, all
 * with the path: `STORAGE_FULL` (disk or quota), `STORAGE_DENIED`, `STORAGE_UNREACHABLE` (no network, or no answer), `CREDENTIALS_MISSING`,
 * `BUCKET_UNKNOWN`, `PEER_MISSING` (no client for object storage), `DATA_CORRUPT` (a checksum that stays wrong), and `STORAGE_FAILED`.
 */
export interface Storage {
  /** For messages: an absolute directory, or a URL. */
  readonly location: string;
  /** Sorted by name; empty for a directory that doesn't exist. */
  list(directory: string): Promise<readonly DirectoryEntry[]>;
  /** Every object below a directory, in an order that their paths alone decide: by whole path in a bucket, by directories on a disk. */
  walk(directory: string): AsyncIterable<StoredObject>;
  stat(path: string): Promise<StoredObject | undefined>;
  /**
   * The whole of a small object, or undefined where there is none.
   *
   * @throws DatasetsError MANIFEST_INVALID for one that is larger than any of ours (`maxSmallObjectBytes`), before it is read.
   */
  read(path: string): Promise<Uint8Array | undefined>;
  open(path: string): Promise<OpenedObject>;
  /** Creates an object with all of its content in one step, unless it exists. Returns whether this call created it. */
  createIfAbsent(path: string, content: Uint8Array | string): Promise<boolean>;
  /** Creates or replaces a small object in one step; of two at once the later wins. */
  write(path: string, content: Uint8Array | string): Promise<void>;
  create(path: string): Promise<ObjectWriter>;
  /** Creates or replaces `to` with the content of `from` in one step, without moving the bytes through this process where it can. */
  copy(from: string, to: string): Promise<void>;
  /** The same, unless `to` exists. Returns whether this call created it. */
  copyIfAbsent(from: string, to: string): Promise<boolean>;
  /**
   * Creates or replaces an object with the content of a local file in one step, however large it is.
   *
   * @param localFile its absolute path.
   * @throws DatasetsError DATA_CORRUPT where the file doesn't have the checksum that it must have.
   */
  upload(localFile: string, path: string, options?: UploadOptions): Promise<void>;
  /**
   * Fetches an object into a local file, which appears, or is replaced, in one step. The directory must exist. Memory stays flat.
   *
   * @param localFile its absolute path.
   */
  download(path: string, localFile: string): Promise<Downloaded>;
  /** Does nothing where there is no such object. */
  delete(path: string): Promise<void>;
  /** Deletes every object below a directory, not in one step. Does nothing where there is none. */
  deleteAll(directory: string): Promise<void>;
}
