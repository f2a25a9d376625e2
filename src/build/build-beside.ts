import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { locateVersion } from '../cache/index.js';
import type { ResolvedConfig } from '../core/config/index.js';
import { internalError, isTransient } from '../core/errors/index.js';
import { formatReference } from '../core/names/index.js';
import { diffVersions, type VersionDiff } from '../quality/index.js';
import {
  acquireLease,
  type Manifest,
  openRegistry,
  type ProvenanceTexts,
  type Registry,
  readManifest,
  readProvenance,
  versionPath,
} from '../registry/index.js';
import { LocalStorage } from '../storage/index.js';
import type { BuildOptions, BuildResult } from './build-options.js';
import { stagingDirectory } from './stage-target.js';
import type { BuildTarget } from './target.js';

/** A published version as a build gives it now, in a registry of its own. */
export interface BesideVersion {
  readonly built: BuildResult;
  readonly manifest: Manifest;
  readonly texts: ProvenanceTexts;
  /** From the published one to it. */
  readonly diff: VersionDiff;
}

/** Where versions are built to be compared; leases of the folders lie in it as well. */
export function comparedDirectory(config: ResolvedConfig): string {
  return join(stagingDirectory(config), 'compared');
}

/** The lease of one of its folders. */
export function comparedLease(folder: string): string {
  return `.leases/${folder}`;
}

/**
 * Lets one process at a time compare a version: each builds in the same folder, so that a build that was killed is gone on with.
 *
 * @param work gets the folder, which is removed afterwards unless the next one may go on with it, and whether somebody else has compared the version meanwhile
 * @throws DatasetsError INTERRUPTED, and whatever `work` throws
 */
export async function whileComparing<T>(
  target: BuildTarget,
  registry: Registry,
  { config, signal, onProgress }: Pick<BuildOptions, 'config' | 'signal' | 'onProgress'>,
  work: (folder: string, hasWaited: boolean) => Promise<T>,
): Promise<T> {
  const reference = formatReference(target.reference);
  const name = createHash('sha256').update(`${registry.location} ${reference}`).digest('hex').slice(0, 20);
  const directory = comparedDirectory(config);
  let hasWaited = false;
  const lease = await acquireLease(new LocalStorage(directory, { durable: false }), comparedLease(name), {
    about: async () => ({ compares: reference }),
    onWaiting: ({ process, startedAt }) => {
      hasWaited = true;
      onProgress?.({ type: 'build-waiting', host: process.host, pid: process.pid, startedAt });
    },
    signal,
  });
  const folder = join(directory, name);
  let leave = false;
  try {
    return await work(folder, hasWaited);
  } catch (error) {
    leave = isTransient(error);
    throw error;
  } finally {
    if (!leave) await rm(folder, { recursive: true, force: true });
    await lease.release();
  }
}

/**
 * Builds a published version again, for its own snapshot time, in a folder that `whileComparing` gives, and compares the two. Nothing is published.
 *
 * @param build builds into the registry of the configuration that it is given
 * @throws DatasetsError whatever stops the build
 */
export async function buildBeside(
  folder: string,
  target: BuildTarget,
  registry: Registry,
  published: Manifest,
  options: BuildOptions,
  build: (reference: string, options: BuildOptions) => Promise<BuildResult>,
): Promise<BesideVersion> {
  const reference = formatReference(target.reference);
  const path = versionPath({ name: target.reference.name, ...target.chosen });
  const beside = openRegistry(folder);
  const built = await build(reference, {
    ...options,
    ifExists: 'overwrite',
    config: { ...options.config, registry: folder },
    upstream: { registry: options.config.registry, versions: {} },
    ...timeOf(published, options),
  });
  const manifest = await readManifest(beside.storage, path);
  if (manifest === undefined) throw internalError(`${reference} was built, and is not in ${folder}`);
  const { files } = await locateVersion(registry, target.reference, { ...options.config, ignoreYank: true });
  const diff = await diffVersions(files, beside.locationOf(path));
  return { built, manifest, texts: await readProvenance(beside.storage, path), diff };
}

function timeOf({ snapshotTime }: Manifest, asked: BuildOptions): Pick<BuildOptions, 'snapshotTime'> {
  return asked.snapshotTime !== undefined || snapshotTime === undefined ? {} : { snapshotTime: new Date(snapshotTime) };
}
