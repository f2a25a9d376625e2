/** One object: a file, or on object storage an object. */
export interface StoredObject {
  /** Relative to the storage's location, with `/`. */
  readonly path: string;
  readonly bytes: number;
  readonly modified: Date;
}

/** What lies directly in a directory. */
export interface DirectoryEntry {
  /** Without the directory. */
  readonly name: string;
  readonly kind: 'object' | 'directory';
}

/** An object opened for ranged reads; whoever opened it closes it. */
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
 * Paths are relative, with `/`, and never leave the location; every method throws `STORAGE_FAILED` for one that would. Other faults are
 * `STORAGE_FULL` (disk or quota) and `STORAGE_FAILED`, both with the path.
 */
export interface Storage {
  /** For messages: an absolute directory, or a URL. */
  readonly location: string;
  /** Sorted by name; empty for a directory that doesn't exist. */
  list(directory: string): Promise<readonly DirectoryEntry[]>;
  /** Every object below a directory, in the order of their paths. */
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
  copy(from: string, to: string): Promise<void>;
  /** Does nothing where there is no such object. */
  delete(path: string): Promise<void>;
}
