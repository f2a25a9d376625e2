import { createHash } from 'node:crypto';
import { DatasetsError } from '../../core/errors/index.js';
import type { ShardFile, ShardFormat, ShardInfo, VersionInfo } from '../../registry/index.js';
import { type OpenedObject, openLocalFile, systemErrorCode } from '../../storage/index.js';
import type { ShardPiece } from '../split/shard-pieces.js';
import type { VersionFiles } from '../version-files.js';

/** A shard's file, open. Whoever opened it closes it. */
export interface OpenedShard {
  readonly source: OpenedObject;
  /** For messages: the whole path. */
  readonly file: string;
}

/**
 * What a shard's file is compared with when it is opened: nothing; its size in the manifest, which finds most damage before a byte is read;
 * or also its whole content, once for each time that the version is opened.
 */
export type FileVerification = 'none' | 'size' | 'full';

type Shard = Pick<ShardPiece, 'split' | 'shard'>;

const chunkBytes = 1 << 20;

/** Finds and opens the files of a version's shards. */
export class ShardFiles {
  readonly info: VersionInfo;
  readonly #files: VersionFiles;
  readonly #verify: FileVerification;
  /** Files whose content was compared with the manifest. */
  readonly #verified = new Set<string>();

  constructor(files: VersionFiles, info: VersionInfo, verify: FileVerification = 'size') {
    this.#files = files;
    this.info = info;
    this.#verify = verify;
  }

  /** Whether every file is on this machine, whatever is read of it. */
  get areLocal(): boolean {
    return this.#files.readAhead === 0;
  }

  shard(piece: Shard): ShardInfo {
    const shard = this.info.splits.find((split) => split.name === piece.split)?.shards[piece.shard];
    if (shard !== undefined) return shard;
    throw new DatasetsError('INTERNAL', `there is no shard ${piece.shard} of ${piece.split}`, {
      hint: 'Report this with the command that you ran.',
    });
  }

  has(format: ShardFormat, piece: Shard): boolean {
    return this.shard(piece).files[format] !== undefined;
  }

  /** Says which shards will be read after the `position`-th of some pieces, so that they may be fetched meanwhile. */
  announce(format: ShardFormat, pieces: readonly Shard[], position: number): void {
    const { readAhead } = this.#files;
    if (readAhead === 0) return;
    const next = pieces.slice(position + 1, position + 1 + readAhead);
    this.#files.prefetch(next.flatMap((piece) => this.shard(piece).files[format]?.path ?? []));
  }

  /**
   * Opens a shard's file and compares it with the manifest. A damaged local copy of a remote file is fetched again, once.
   *
   * @throws DatasetsError DATA_CORRUPT when the file is missing, has another size or another content; STORAGE_FAILED.
   */
  async open(format: ShardFormat, piece: Shard): Promise<OpenedShard> {
    const known = this.shard(piece).files[format];
    if (known === undefined) {
      throw new DatasetsError('UNSUPPORTED', `${this.#files.location} has no ${format} files`, {
        hint: `Its formats are: ${this.info.formats.join(', ')}.`,
      });
    }
    try {
      return await this.#open(known, piece.split);
    } catch (error) {
      const isDamaged = error instanceof DatasetsError && error.code === 'DATA_CORRUPT';
      if (!isDamaged || !(await this.#files.drop(known.path))) throw error;
      return this.#open(known, piece.split);
    }
  }

  async #open(known: ShardFile, split: string): Promise<OpenedShard> {
    const file = await this.#files.file(known.path);
    try {
      const source = await openShard(file, split);
      try {
        await this.#check(source, known, file, split);
      } catch (error) {
        await source.close();
        throw error;
      }
      return { source: new ReleasedObject(source, () => this.#files.release(known.path)), file };
    } catch (error) {
      this.#files.release(known.path);
      throw error;
    }
  }

  async #check(source: OpenedObject, known: ShardFile, file: string, split: string): Promise<void> {
    if (this.#verify === 'none') return;
    if (known.bytes !== undefined && known.bytes !== source.bytes) {
      const message = `${file} has ${source.bytes} bytes; it was published with ${known.bytes}`;
      throw new DatasetsError('DATA_CORRUPT', message, {
        hint: 'It was cut short or changed after it was published. Restore it, or build the version again.',
        at: { split, file, offset: Math.min(known.bytes, source.bytes) },
      });
    }
    if (this.#verify !== 'full' || known.sha256 === undefined || this.#verified.has(known.path)) return;
    if ((await sha256Of(source)) !== known.sha256) {
      throw new DatasetsError('DATA_CORRUPT', `${file} has changed: its sha256 is not the one it was published with`, {
        hint: 'Restore it, or build the version again.',
        at: { split, file },
      });
    }
    this.#verified.add(known.path);
  }
}

/** A file that may be dropped from a cache once it is closed. */
class ReleasedObject implements OpenedObject {
  readonly #object: OpenedObject;
  readonly #release: () => void;

  constructor(object: OpenedObject, release: () => void) {
    this.#object = object;
    this.#release = release;
  }

  get bytes(): number {
    return this.#object.bytes;
  }

  read(offset: number, length: number, into?: Uint8Array): Promise<Uint8Array> {
    return this.#object.read(offset, length, into);
  }

  async close(): Promise<void> {
    await this.#object.close();
    this.#release();
  }
}

async function openShard(file: string, split: string): Promise<OpenedObject> {
  try {
    return await openLocalFile(file);
  } catch (cause) {
    const code = cause instanceof DatasetsError ? systemErrorCode(cause.cause) : undefined;
    if (code !== 'ENOENT') throw cause;
    throw new DatasetsError('DATA_CORRUPT', `${file} is missing`, {
      hint: 'Restore the file, or build the version again.',
      cause,
      at: { split, file, offset: 0 },
    });
  }
}

async function sha256Of(source: OpenedObject): Promise<string> {
  const hash = createHash('sha256');
  const buffer = new Uint8Array(Math.min(chunkBytes, source.bytes));
  for (let offset = 0; offset < source.bytes; ) {
    const chunk = await source.read(offset, chunkBytes, buffer);
    if (chunk.length === 0) break;
    hash.update(chunk);
    offset += chunk.length;
  }
  return hash.digest('hex');
}
