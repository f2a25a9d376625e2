import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, unlinkSync, writeSync } from 'node:fs';
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

export interface FileSink {
  /** Writes a chunk; throws `STORAGE_FULL` or `STORAGE_FAILED`, after which only `discard` makes sense. */
  readonly write: ChunkSink;
  /** Bytes written so far. */
  readonly bytes: number;
  /** Flushes the file to the disk, closes it and gives its checksums. */
  close(): FileDigest;
  /** Closes the file, if it is open, and removes it. */
  discard(): void;
}

/**
 * Creates (or replaces) a file that is written synchronously, in large chunks, and checksummed on the way.
 *
 * Synchronous, because a shard task has nothing else to do while the kernel copies a chunk, and a promise a chunk costs more.
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
  };

  close(): FileDigest {
    const descriptor = this.#open();
    this.#attempt('flush', () => fsyncSync(descriptor));
    this.#descriptor = undefined;
    this.#attempt('close', () => closeSync(descriptor));
    return { bytes: this.#bytes, crc32c: this.#crc.digestBase64(), sha256: this.#sha256.digest('hex') };
  }

  discard(): void {
    const descriptor = this.#descriptor;
    this.#descriptor = undefined;
    this.#attempt('remove', () => {
      if (descriptor !== undefined) closeSync(descriptor);
      unlinkSync(this.#path);
    });
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
