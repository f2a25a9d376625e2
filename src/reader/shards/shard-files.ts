import { DatasetsError } from '../../core/errors/index.js';
import type { ShardFile, ShardFormat, ShardInfo, VersionInfo } from '../../registry/index.js';
import { type OpenedObject, type Storage, systemErrorCode } from '../../storage/index.js';
import type { ShardPiece } from '../split/shard-pieces.js';

/** A shard's file, open. Whoever opened it closes it. */
export interface OpenedShard {
  readonly source: OpenedObject;
  /** For messages: the whole path. */
  readonly file: string;
}

/** Finds and opens the files of a version's shards. */
export class ShardFiles {
  readonly info: VersionInfo;
  readonly #storage: Storage;

  /** @param storage is the version's directory. */
  constructor(storage: Storage, info: VersionInfo) {
    this.#storage = storage;
    this.info = info;
  }

  shard(piece: Pick<ShardPiece, 'split' | 'shard'>): ShardInfo {
    const shard = this.info.splits.find((split) => split.name === piece.split)?.shards[piece.shard];
    if (shard !== undefined) return shard;
    throw new DatasetsError('INTERNAL', `there is no shard ${piece.shard} of ${piece.split}`, {
      hint: 'Report this with the command that you ran.',
    });
  }

  has(format: ShardFormat, piece: Pick<ShardPiece, 'split' | 'shard'>): boolean {
    return this.shard(piece).files[format] !== undefined;
  }

  /**
   * Opens a shard's file; its size is compared with the manifest, which finds most damage before a byte is read.
   *
   * @throws DatasetsError DATA_CORRUPT when the file is missing or has another size; STORAGE_FAILED.
   */
  async open(format: ShardFormat, piece: Pick<ShardPiece, 'split' | 'shard'>): Promise<OpenedShard> {
    const known = this.shard(piece).files[format];
    if (known === undefined) {
      throw new DatasetsError('UNSUPPORTED', `${this.#storage.location} has no ${format} files`, {
        hint: `Its formats are: ${this.info.formats.join(', ')}.`,
      });
    }
    const file = `${this.#storage.location}/${known.path}`;
    const source = await this.#openFile(known, file, piece.split);
    if (known.bytes === undefined || known.bytes === source.bytes) return { source, file };
    await source.close();
    throw new DatasetsError('DATA_CORRUPT', `${file} has ${source.bytes} bytes; it was published with ${known.bytes}`, {
      hint: 'It was cut short or changed after it was published. Restore it, or build the version again.',
      at: { split: piece.split, file, offset: Math.min(known.bytes, source.bytes) },
    });
  }

  async #openFile(known: ShardFile, file: string, split: string): Promise<OpenedObject> {
    try {
      return await this.#storage.open(known.path);
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
}
