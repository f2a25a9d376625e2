import { createHash } from 'node:crypto';
import { Crc32c } from '../../core/checksum/index.js';
import { extractFilesOf, type Manifest, type ManifestFile, versionFiles } from '../../registry/index.js';
import type { Storage } from '../../storage/index.js';
import type { Problems } from './problems.js';
import type { VerifyProgress } from './verify-progress.js';

const chunkBytes = 1 << 20;

/** Compares files with the manifest: that each is there, its size, its sha256 and CRC-32C; and looks for files that are not in it. */
export class FileCheck {
  readonly #manifest: Manifest;
  readonly #problems: Problems;
  readonly #progress: VerifyProgress;
  readonly #checked = new Set<string>();

  constructor(manifest: Manifest, problems: Problems, progress: VerifyProgress) {
    this.#manifest = manifest;
    this.#problems = problems;
    this.#progress = progress;
  }

  /** Compares one file, wherever a copy of it lies, unless that was done already. */
  async verify(path: string, storage: Storage): Promise<void> {
    const file = this.#manifest.files.find((known) => known.path === path);
    if (file !== undefined) await this.#verify(file, storage);
  }

  /** Compares all files that were not compared yet. */
  async verifyRest(storage: Storage): Promise<void> {
    const known = new Set<string>([versionFiles.manifest]);
    for (const file of this.#manifest.files) {
      known.add(file.path);
      await this.#verify(file, storage);
    }
    for await (const { path } of storage.walk('')) {
      if (!known.has(path)) this.#problems.add(path, `${path} is not in the manifest`);
    }
  }

  async #verify(file: ManifestFile, storage: Storage): Promise<void> {
    if (this.#checked.has(file.path)) return;
    this.#checked.add(file.path);
    await this.#problems.check(file.path, () => verifyFile(storage, file, this.#problems, this.#progress));
  }
}

/**
 * Compares what queries gave, and the registry keeps, with what the manifest says of it.
 *
 * @param storage the data set's folder
 */
export async function verifyExtracts(
  storage: Storage,
  manifest: Manifest,
  problems: Problems,
  progress: VerifyProgress,
): Promise<void> {
  for (const file of extractFilesOf(manifest)) {
    await problems.check(file.path, () => verifyFile(storage, file, problems, progress));
  }
}

async function verifyFile(
  storage: Storage,
  file: Pick<ManifestFile, 'path' | 'bytes' | 'sha256' | 'crc32c'>,
  problems: Problems,
  progress: VerifyProgress,
): Promise<void> {
  const found = await storage.stat(file.path);
  if (found === undefined) return problems.add(file.path, `${file.path} is missing`);
  if (found.bytes !== file.bytes) {
    const message = `${file.path} has ${found.bytes} bytes; it was published with ${file.bytes}`;
    return problems.add(file.path, message, Math.min(found.bytes, file.bytes));
  }
  const sha256 = createHash('sha256');
  const crc32c = new Crc32c();
  const opened = await storage.open(file.path);
  try {
    const buffer = new Uint8Array(Math.min(chunkBytes, file.bytes));
    for (let offset = 0; offset < file.bytes; ) {
      const chunk = await opened.read(offset, chunkBytes, buffer);
      if (chunk.length === 0) break;
      sha256.update(chunk);
      crc32c.update(chunk);
      offset += chunk.length;
      progress.advance(chunk.length);
    }
  } finally {
    await opened.close();
  }
  if (sha256.digest('hex') !== file.sha256) {
    problems.add(file.path, `${file.path} has changed: its sha256 is not the one that it was published with`);
  } else if (crc32c.digestBase64() !== file.crc32c) {
    problems.add(file.path, `${file.path}: the manifest's CRC-32C does not fit its sha256`);
  }
}
