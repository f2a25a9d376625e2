import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { storageError } from '../../storage/index.js';

const dataName = 'data';
const aboutName = 'validator';

/**
 * A download on its way: the bytes that came so far, and what tells whether the server still has the same content. It survives its process.
 *
 * Whoever writes holds the lease of the URL, so that nobody else does.
 */
export class PartialFile {
  /** The bytes so far: absolute. */
  readonly path: string;
  readonly #directory: string;
  #handle: FileHandle;
  #hash: Hash;
  #bytes: number;
  #validator: string | undefined;
  #isPieced: boolean;

  private constructor(directory: string, handle: FileHandle, hash: Hash, bytes: number, validator: string | undefined) {
    this.path = join(directory, dataName);
    this.#directory = directory;
    this.#handle = handle;
    this.#hash = hash;
    this.#bytes = bytes;
    this.#validator = validator;
    this.#isPieced = bytes > 0;
  }

  /**
   * Opens what an earlier process has left, or begins.
   *
   * @param directory of this download alone, absolute.
   */
  static async open(directory: string): Promise<PartialFile> {
    const path = join(directory, dataName);
    try {
      await mkdir(directory, { recursive: true });
      const validator = await readFile(join(directory, aboutName), 'utf8').catch(() => '');
      const handle = await open(path, 'a');
      const hash = createHash('sha256');
      let bytes = 0;
      if (validator === '') await handle.truncate(0);
      else {
        for await (const block of createReadStream(path, { highWaterMark: 1 << 20 })) {
          hash.update(block);
          bytes += block.length;
        }
      }
      return new PartialFile(directory, handle, hash, bytes, validator === '' ? undefined : validator);
    } catch (cause) {
      throw storageError(cause, 'open', path);
    }
  }

  /** Whether the bytes came in several answers, which may not belong together. */
  get isPieced(): boolean {
    return this.#isPieced;
  }

  /** The next bytes come from another answer than those before. */
  goesOn(): void {
    this.#isPieced = true;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** A strong ETag, or a date of modification; undefined where the server gives neither, and nothing can be resumed. */
  get validator(): string | undefined {
    return this.#validator;
  }

  /** Of the bytes so far, lower-case hex. */
  get sha256(): string {
    return this.#hash.copy().digest('hex');
  }

  /** Drops what is there; the content to come has this validator. */
  async restart(validator: string | undefined): Promise<void> {
    try {
      // First what says that the bytes may be kept, then the bytes: a crash between leaves a file that is begun anew.
      await rm(join(this.#directory, aboutName), { force: true });
      await this.#handle.truncate(0);
      if (validator !== undefined) await writeFile(join(this.#directory, aboutName), validator);
    } catch (cause) {
      throw storageError(cause, 'write', this.path);
    }
    this.#hash = createHash('sha256');
    this.#bytes = 0;
    this.#isPieced = false;
    this.#validator = validator;
  }

  async append(chunk: Uint8Array): Promise<void> {
    try {
      await this.#handle.appendFile(chunk);
    } catch (cause) {
      throw storageError(cause, 'write', this.path);
    }
    this.#hash.update(chunk);
    this.#bytes += chunk.length;
  }

  /** What is complete survives a power failure before it gets its name. */
  async close(complete: boolean): Promise<void> {
    try {
      if (complete) await this.#handle.sync();
    } catch (cause) {
      throw storageError(cause, 'write', this.path);
    } finally {
      await this.#handle.close();
    }
  }
}
