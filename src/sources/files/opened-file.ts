import { close, closeSync, fstatSync, openSync, read, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { DatasetsError } from '../../core/errors/index.js';
import { malformedFile } from '../malformed.js';

const readAsync = promisify(read);
const closeAsync = promisify(close);

/** A source file that is open for ranged reads, wherever it lies; whoever opened it closes it. */
export interface OpenedFile {
  /** For messages. */
  readonly name: string;
  readonly bytes: number;
  /**
   * Reads up to `length` bytes from byte `offset`; fewer only at the end of the file.
   *
   * @param into at least `length` bytes that the result lies in; without it the result has memory of its own.
   */
  read(offset: number, length: number, into?: Buffer): Promise<Buffer>;
  close(): Promise<void>;
}

/** A file of this machine. Hot loops read it synchronously: a worker has nothing else to do, and a promise a read costs more than the read. */
export class LocalFile implements OpenedFile {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly bytes: number;
  readonly descriptor: number;

  /**
   * Opens a file and checks that it is still the one that was split.
   *
   * @throws DatasetsError SOURCE_NOT_FOUND, SOURCE_MALFORMED
   */
  constructor(path: string, name: string, expectedBytes: number) {
    this.path = path;
    this.name = name;
    this.bytes = expectedBytes;
    try {
      this.descriptor = openSync(path, 'r');
    } catch (error) {
      throw unreadable(name, error);
    }
    const { size } = fstatSync(this.descriptor);
    if (size === expectedBytes) return;
    closeSync(this.descriptor);
    throw changed(name, expectedBytes, size);
  }

  readSync(offset: number, length: number, into: Buffer): Buffer {
    let filled = 0;
    while (filled < length) {
      const count = readSync(this.descriptor, into, filled, length - filled, offset + filled);
      if (count === 0) break;
      filled += count;
    }
    return into.subarray(0, filled);
  }

  async read(offset: number, length: number, into: Buffer = Buffer.allocUnsafeSlow(length)): Promise<Buffer> {
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await readAsync(this.descriptor, into, filled, length - filled, offset + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return into.subarray(0, filled);
  }

  closeSync(): void {
    closeSync(this.descriptor);
  }

  close(): Promise<void> {
    return closeAsync(this.descriptor);
  }
}

export function unreadable(name: string, cause: unknown): DatasetsError {
  return new DatasetsError('SOURCE_NOT_FOUND', `${name} cannot be read`, {
    hint: 'Check that it is still there and may be read.',
    cause,
    at: { file: name },
  });
}

export function missing(name: string, hint: string, cause?: unknown): DatasetsError {
  return new DatasetsError('SOURCE_NOT_FOUND', `The file ${name} cannot be found`, {
    hint,
    ...(cause === undefined ? {} : { cause }),
    at: { file: name },
  });
}

export function changed(name: string, before: number, now: number): DatasetsError {
  const what = before === now ? 'its content is another one' : `it had ${before} bytes, now it has ${now}`;
  return malformedFile(name, `was changed during the build: ${what}`, {
    hint: 'Build again when nothing writes to the file.',
  });
}
