import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cachedCopy, wasPulled } from '../../cache/index.js';
import { type ResolvedConfig, withRegistry } from '../../core/config/index.js';
import { DatasetsError } from '../../core/errors/index.js';
import { formatReference, parseReference } from '../../core/names/index.js';
import { findBrokenExtracts, findBrokenFiles } from '../../reader/index.js';
import {
  extractFilesOf,
  leasePath,
  openRegistry,
  type Registry,
  type ResolvedVersion,
  takeFreeLease,
  versionFiles,
  versionPath,
  writeAudit,
} from '../../registry/index.js';
import { isLocalStorage, LocalStorage, openStorage, refuseGcsfuse, storageError } from '../../storage/index.js';
import type { BuildEvent } from '../build-options.js';
import { publishedManifest } from './published-manifest.js';
import { type Rebuilt, rebuild } from './rebuild-source.js';
import { type RepairedFile, repairFile } from './repair-files.js';
import type { RepairSource } from './repair-sources.js';

export interface RepairOptions {
  /** Another registry that holds the version: a path, `gs://bucket/prefix`, or a configured name. */
  readonly from?: string | undefined;
  /** Whether what can't be fetched is built again. Default: true. */
  readonly rebuild?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((event: BuildEvent) => void) | undefined;
}

export interface RepairReport {
  readonly reference: string;
  readonly location: string;
  /** Broken files alone: what is whole was not touched. */
  readonly files: readonly RepairedFile[];
}

/**
 * Puts back the files of a published version that are missing or damaged, byte for byte as they were published: from another registry, from
 * this machine's copy of a remote one, or by building the version again. What is whole is not touched, and nobody sees half a file.
 *
 * @throws DatasetsError as `Registry.resolve`; MANIFEST_INVALID when the manifest is damaged and no source has it; STORAGE_FAILED while somebody builds
 *   or removes the version; STORAGE_UNSUITABLE for a directory on a gcsfuse mount; STORAGE_FULL, INTERRUPTED.
 * @example
 * ```ts
 * const { files } = await repairVersion('product_a:1.2.0', await loadConfig(), { from: 'prod' });
 * for (const { path, from } of files) console.log(path, from ?? 'is still broken');
 * ```
 */
export async function repairVersion(
  reference: string,
  config: ResolvedConfig,
  options: RepairOptions = {},
): Promise<RepairReport> {
  const registry = openRegistry(config.registry);
  if (isLocalStorage(registry.storage)) refuseGcsfuse(registry.location, 'repair through');
  const version = await registry.resolve(parseReference(reference));
  const sources = sourcesOf(registry, version, config, options);
  const { name, config: versionConfig, version: number } = version;
  const about = { name, ...(versionConfig !== undefined && { config: versionConfig }), version: number, repair: true };
  // Whoever repairs writes into a version: nobody may remove or replace it meanwhile.
  const lease = await takeFreeLease(registry.storage, leasePath(version), { about: async () => about });
  if (lease === undefined) throw inUse(version);
  try {
    const files = await repairFiles(registry, version, sources, config, options);
    const repaired = files.filter(({ from }) => from !== undefined).map(({ path, from = '' }) => ({ path, from }));
    if (repaired.length > 0) {
      const subject = { name, config: versionConfig, version: number };
      await writeAudit(registry, { action: 'repair-version', subject, files: repaired });
    }
    return { reference: formatReference(version), location: version.location, files };
  } finally {
    await lease.leave();
  }
}

async function repairFiles(
  registry: Registry,
  version: ResolvedVersion,
  sources: readonly RepairSource[],
  config: ResolvedConfig,
  options: RepairOptions,
): Promise<readonly RepairedFile[]> {
  const storage = versionStorage(version.location);
  const { manifest, damaged } = await publishedManifest(storage, version, sources);
  const files: RepairedFile[] = [];
  if (damaged !== undefined) {
    await storage.write(versionFiles.manifest, damaged.bytes);
    files.push({ path: versionFiles.manifest, problem: damaged.problem, from: damaged.from, refusals: [] });
  }
  const broken = await findBrokenFiles(storage, manifest, { signal: options.signal });
  const folder = await makeFolder(config);
  try {
    let rebuilt: Promise<Rebuilt> | undefined;
    const buildAgain = () => {
      rebuilt ??=
        options.rebuild === false
          ? Promise.resolve({ refused: 'it was not to be built again' })
          : rebuild(manifest, config, folder, options);
      return rebuilt;
    };
    const repairs = { storage, kind: 'file', sources, folder, rebuild: buildAgain } as const;
    // What queries gave comes first: the version may be built again from it.
    if (!(await wasPulled(registry.storage, version))) {
      const extracts = versionStorage(registry.locationOf(version.name));
      const lost = await findBrokenExtracts(extracts, manifest, { signal: options.signal });
      for (const file of extractFilesOf(manifest)) {
        const problem = lost.find((found) => found.file === file.path);
        if (problem === undefined) continue;
        files.push(await repairFile(file, problem, { ...repairs, storage: extracts, kind: 'extract' }));
      }
    }
    for (const file of manifest.files) {
      const problem = broken.find((found) => found.file === file.path);
      if (problem !== undefined) files.push(await repairFile(file, problem, repairs));
    }
    return files;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function sourcesOf(
  registry: Registry,
  version: ResolvedVersion,
  config: ResolvedConfig,
  { from }: RepairOptions,
): readonly RepairSource[] {
  const sources: RepairSource[] = [];
  if (from !== undefined) {
    const other = openRegistry(withRegistry(config, from).registry);
    if (other.location === registry.location) {
      throw new DatasetsError('USAGE', `--from names the registry that is to be repaired, ${registry.location}`, {
        hint: 'Name another one that holds the version.',
      });
    }
    const label = other.locationOf(versionPath(version));
    const extracts = versionStorage(other.locationOf(version.name));
    sources.push({ label, storage: versionStorage(label), extracts });
  }
  if (!isLocalStorage(registry.storage)) {
    const label = cachedCopy(config.cacheDirectory, registry.location, version);
    sources.push({ label, storage: versionStorage(label) });
  }
  return sources;
}

/** A version's directory, of which nothing is read or written outside. */
function versionStorage(location: string) {
  const storage = openStorage(location);
  return isLocalStorage(storage) ? new LocalStorage(location, { confined: true }) : storage;
}

async function makeFolder(config: ResolvedConfig): Promise<string> {
  const parent = config.workDirectory ?? tmpdir();
  try {
    await mkdir(parent, { recursive: true });
    return await mkdtemp(join(parent, 'ailab-repair-'));
  } catch (cause) {
    throw storageError(cause, 'make a directory in', parent);
  }
}

function inUse(version: ResolvedVersion): DatasetsError {
  return new DatasetsError('STORAGE_FAILED', `${formatReference(version)} is being built, removed or repaired now`, {
    hint: 'Run it again when that has ended.',
    at: { dataset: version.name },
  });
}
