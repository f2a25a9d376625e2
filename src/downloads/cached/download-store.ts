import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { storageError, systemErrorCode } from '../../storage/index.js';

/** A file in the store, with the content that its digest says. */
export interface StoredFile {
  /** Relative to the store, with `/`. */
  readonly place: string;
  readonly sha256: string;
  readonly bytes: number;
}

interface Verified {
  readonly bytes: number;
  /** Nanoseconds as text: they don't fit a number. */
  readonly modified: string;
}

/**
 * Downloads by content, in one folder of a machine:
 *
 *     <sha256>/file/<file name>       the content
 *     <sha256>/verified.json          size and time of the file when its digest was computed
 *     <sha256>/<format>/…             its members, if it was extracted
 *     <sha256>/<format>.json          how many these are, and how large
 *     partial/<hash of the URL>/      what is on its way
 *     locks/<number>/                 leases of what is being fetched or extracted
 */
export class DownloadStore {
  readonly directory: string;

  /** @param directory absolute. */
  constructor(directory: string) {
    this.directory = directory;
  }

  /** Where a download of this URL is on its way: absolute. */
  partialDirectory(url: string): string {
    return join(this.directory, 'partial', createHash('sha256').update(url).digest('hex').slice(0, 32));
  }

  /** Removes what is left of a download that came to its end. */
  async forgetPartial(url: string): Promise<void> {
    await rm(this.partialDirectory(url), { recursive: true, force: true });
  }

  /** The lease of a download or of an extraction. There are 4096, so that they need never be removed: those that share one wait for each other. */
  leaseOf(work: string): string {
    return `locks/${createHash('sha256').update(work).digest('hex').slice(0, 3)}`;
  }

  async createDirectory(): Promise<void> {
    try {
      await mkdir(this.directory, { recursive: true });
    } catch (cause) {
      throw storageError(cause, 'create', this.directory);
    }
  }

  /**
   * The file with a digest, under a name; undefined where there is none, or none that still has that digest. A file whose time is not the one of its
   * verification is read again.
   */
  async find(sha256: string, fileName: string): Promise<StoredFile | undefined> {
    const folder = join(this.directory, sha256, 'file');
    const [present] = await readdir(folder).catch(() => []);
    if (present === undefined) return undefined;
    const existing = join(folder, present);
    if (!(await this.#isIntact(sha256, existing))) {
      await rm(join(this.directory, sha256), { recursive: true, force: true });
      return undefined;
    }
    const wanted = join(folder, fileName);
    // The same content under another name costs no space.
    await link(existing, wanted).catch((cause: unknown) => {
      if (systemErrorCode(cause) !== 'EEXIST') throw storageError(cause, 'link', wanted);
    });
    return { place: `${sha256}/file/${fileName}`, sha256, bytes: (await stat(wanted)).size };
  }

  /** Takes a complete file in, by a rename. */
  async adopt(path: string, sha256: string, fileName: string): Promise<StoredFile> {
    const target = join(this.directory, sha256, 'file', fileName);
    try {
      await mkdir(dirname(target), { recursive: true });
      await rename(path, target);
      await this.#note(sha256, target);
      return { place: `${sha256}/file/${fileName}`, sha256, bytes: (await stat(target)).size };
    } catch (cause) {
      throw storageError(cause, 'write', target);
    }
  }

  async #isIntact(sha256: string, path: string): Promise<boolean> {
    const now = await verifiedNow(path);
    const text = await readFile(join(this.directory, sha256, 'verified.json'), 'utf8').catch(() => '');
    if (text === JSON.stringify(now)) return true;
    if ((await digestOf(path)) !== sha256) return false;
    await this.#note(sha256, path);
    return true;
  }

  /** A note that is cut short by a crash only costs another look. */
  async #note(sha256: string, path: string): Promise<void> {
    await writeFile(join(this.directory, sha256, 'verified.json'), JSON.stringify(await verifiedNow(path)));
  }
}

async function verifiedNow(path: string): Promise<Verified> {
  const { size, mtimeNs } = await stat(path, { bigint: true });
  return { bytes: Number(size), modified: String(mtimeNs) };
}

/** sha256 of a file, lower-case hex. */
export async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const block of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(block);
  } catch (cause) {
    throw storageError(cause, 'read', path);
  }
  return hash.digest('hex');
}
