import { createHash } from 'node:crypto';
import { closeSync, fdatasync, fsync, openSync, unlinkSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { Crc32c } from '../core/checksum/index.js';
import { DatasetsError } from '../core/errors/index.js';

/**
 * Takes finished chunks of a file; the chunk belongs to the caller and may be overwritten as soon as the call returns.
 *
 * @param crc32c That of the chunk, where who made it knows it: going over the bytes once more is saved.
 */
export type ChunkSink = (chunk: Uint8Array, crc32c?: number) => void;

/** What a finished file is known by. */
export interface FileDigest {
  readonly bytes: number;
  /** CRC-32C as Google Cloud Storage shows it: base64 of four big-endian bytes. */
  readonly crc32c: string;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** Bytes after which the disk is set to work on what is written so far, so that little is left to wait for at the end. */
const flushAfterBytes = 16 << 20;

const flushData = promisify(fdatasync);
const flushAll = promisify(fsync);

export interface FileSink {
  /** Writes a chunk; throws `STORAGE_FULL` or `STORAGE_FAILED`, after which only `discard` makes sense. */
  readonly write: ChunkSink;
  /** Bytes written so far. */
  readonly bytes: number;
  /** Flushes the file to the disk, closes it and gives its checksums. */
  close(): Promise<FileDigest>;
  /** Closes the file, if it is open, and removes it. */
  discard(): void;
}

/**
 * Creates (or replaces) a file that is written synchronously, in large chunks, and checksummed on the way.
 *
 * Synchronous, because a shard task has nothing else to do while the kernel copies a chunk, and a promise a chunk costs more. Only the disk is waited for
 * elsewhere: it writes in the background, and what it refuses then is thrown by `close`.
 *
 * @param path Absolute path; its folder exists.
 * @throws DatasetsError `STORAGE_FULL` when the disk is full, `STORAGE_FAILED` for any other fault, both naming the path.
 */
export function createFileSink(path: string): FileSink {
  return new CheckedFile(path);
}

class CheckedFile implements FileSink {
  readonly #path: string;
  readonly #crc = new Crc32c();
  readonly #sha256 = createHash('sha256');
  #descriptor: number | undefined;
  #bytes = 0;
  #flushFrom = flushAfterBytes;
  /** The flush under way, and what went wrong with any: the system tells of it once. */
  #flushing: Promise<void> | undefined;
  #flushError: unknown;

  constructor(path: string) {
    this.#path = path;
    this.#descriptor = this.#attempt('create', () => openSync(path, 'w'));
  }

  get bytes(): number {
    return this.#bytes;
  }

  readonly write: ChunkSink = (chunk, crc32c) => {
    const descriptor = this.#open();
    this.#attempt('write', () => {
      for (let written = 0; written < chunk.length; ) {
        written += writeSync(descriptor, chunk, written, chunk.length - written);
      }
    });
    if (crc32c === undefined) this.#crc.update(chunk);
    else this.#crc.append(chunk.length, crc32c);
    this.#sha256.update(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes >= this.#flushFrom && this.#flushing === undefined) {
      this.#flushFrom = this.#bytes + flushAfterBytes;
      this.#flushing = this.#flush(descriptor, flushData);
    }
  };

  async close(): Promise<FileDigest> {
    await this.#flushing;
    this.#flushing = this.#flush(this.#open(), flushAll);
    await this.#flushing;
    if (this.#flushError !== undefined) throw storageError(this.#flushError, 'flush', this.#path);
    const descriptor = this.#open();
    this.#descriptor = undefined;
    this.#attempt('close', () => closeSync(descriptor));
    return { bytes: this.#bytes, crc32c: this.#crc.digestBase64(), sha256: this.#sha256.digest('hex') };
  }

  discard(): void {
    const descriptor = this.#descriptor;
    this.#descriptor = undefined;
    this.#attempt('remove', () => {
      if (descriptor !== undefined && this.#flushing === undefined) closeSync(descriptor);
      unlinkSync(this.#path);
    });
  }

  async #flush(descriptor: number, flush: (descriptor: number) => Promise<void>): Promise<void> {
    try {
      await flush(descriptor).finally(() => {
        this.#flushing = undefined;
        // Discarded meanwhile: closed earlier, the number might have become that of another file, which would be flushed.
        if (this.#descriptor === undefined) closeSync(descriptor);
      });
    } catch (error) {
      this.#flushError ??= error;
    }
  }

  #open(): number {
    if (this.#descriptor === undefined) {
      throw new DatasetsError('INTERNAL', `${this.#path} was written to after it was closed`, {
        at: { file: this.#path },
      });
    }
    return this.#descriptor;
  }

  #attempt<T>(verb: string, operation: () => T): T {
    try {
      return operation();
    } catch (cause) {
      throw storageError(cause, verb, this.#path);
    }
  }
}

/** What to tell of a failed system call on `path`; a full disk and a spent quota have a code of their own. */
function storageError(cause: unknown, verb: string, path: string): DatasetsError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new DatasetsError('STORAGE_FULL', `no space left to ${verb} ${path}`, {
      hint: 'Free space, or choose another folder for the registry.',
      cause,
      at: { file: path },
    });
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DatasetsError('STORAGE_FAILED', `could not ${verb} ${path}: ${reason}`, {
    hint: 'Check that the folder exists and may be written to.',
    cause,
    at: { file: path },
  });
}
