import { DatasetsError } from '../core/errors/index.js';
import { formatReference, isVersion, type Reference } from '../core/names/index.js';
import { localVersionFiles, type VersionFiles } from '../reader/index.js';
import { isUnknownReference, type Registry, type ResolvedVersion, type Yank } from '../registry/index.js';
import { isLocalStorage } from '../storage/index.js';
import { cacheFolders, registryFolder } from './cache-layout.js';
import { CachedVersion } from './cached-version.js';
import { ensureMetadata, hasMetadata } from './fetch-metadata.js';
import { knownYank, readNote, rememberYank } from './known-yank.js';
import { reportYank, type YankReaction } from './report-yank.js';
import { rememberedVersion, rememberVersion } from './resolutions.js';
import { isUnreachable } from './unreachable.js';
import { type CacheSettings, VersionCache } from './version-cache.js';

export interface LocateOptions extends CacheSettings, YankReaction {
  /** Whether a version that was yanked is found without a word, because others have decided on it. */
  readonly ignoreYank?: boolean | undefined;
}

/** A version that exists, ready to be opened. */
export interface LocatedVersion extends ResolvedVersion {
  /** For `openVersion`. */
  readonly files: VersionFiles;
  /** Absolute; where its files lie, or where those of a remote registry come to lie when they are read. */
  readonly directory: string;
}

/**
 * Finds the version that a reference means, in a local registry or through the cache of a remote one.
 *
 * A single version (`product_a:1.2.0`) that is in the cache is found without any request but one in ten minutes, whether it was yanked: versions never change. What an alias, a wildcard or a name alone means is asked of the
 * registry; when that can't be reached, the cache answers with what it meant last.
 *
 * @throws DatasetsError DATASET_UNKNOWN, CONFIG_UNKNOWN, VERSION_UNKNOWN; STORAGE_UNREACHABLE, STORAGE_FAILED, CREDENTIALS_MISSING where neither registry nor
 *   cache can answer; MANIFEST_INVALID, FORMAT_TOO_NEW; VERSION_YANKED with `strict`, and where all that match were yanked.
 * @example
 * ```ts
 * const registry = openRegistry('gs://lab-datasets/registry');
 * const { files } = await locateVersion(registry, parseReference('product_a@prod'), await loadConfig());
 * const version = await openVersion(files);
 * ```
 */
export async function locateVersion(
  registry: Registry,
  reference: Reference,
  options: LocateOptions,
): Promise<LocatedVersion> {
  const located = await locate(registry, reference, options);
  if (options.ignoreYank !== true) reportYank(located, options);
  return located;
}

async function locate(registry: Registry, reference: Reference, options: LocateOptions): Promise<LocatedVersion> {
  if (isLocalStorage(registry.storage)) {
    const resolved = await registry.resolve(reference);
    return { ...resolved, files: localVersionFiles(resolved.location), directory: resolved.location };
  }
  const { version, yank } = await locateRemote(registry, reference, options);
  const located = { ...version.resolved, files: version, directory: version.directory };
  return yank === undefined ? located : { ...located, yank };
}

/** As `locateVersion`, but undefined where there is no such version. */
export async function findLocated(
  registry: Registry,
  reference: Reference,
  options: LocateOptions,
): Promise<LocatedVersion | undefined> {
  try {
    return await locateVersion(registry, reference, options);
  } catch (error) {
    if (isUnknownReference(error)) return undefined;
    throw error;
  }
}

interface RemoteVersion {
  readonly version: CachedVersion;
  readonly yank: Yank | undefined;
}

async function locateRemote(registry: Registry, reference: Reference, options: LocateOptions): Promise<RemoteVersion> {
  const cache = VersionCache.of(options);
  try {
    const exact = exactVersion(cache, registry, reference);
    if (exact !== undefined && (await ensureMetadata(exact))) {
      const yank = options.ignoreYank === true ? undefined : await yankOf(exact);
      return { version: exact, yank };
    }
    const resolved = await registry.resolve(reference);
    const version = new CachedVersion(cache, registry, resolved);
    if (!(await ensureMetadata(version))) throw gone(version);
    await rememberVersion(cache, registry, reference, resolved);
    await rememberYank(resolved.yank, cache.storage, yankNote(version));
    return { version, yank: resolved.yank };
  } catch (error) {
    if (!isUnreachable(error, registry.location)) throw error;
    const remembered = await rememberedVersion(cache, registry, reference);
    if (remembered === undefined) throw notCached(registry, reference, error);
    const version = new CachedVersion(cache, registry, { name: reference.name, ...remembered });
    if (!(await hasMetadata(version))) throw notCached(registry, reference, error);
    (options.onWarning ?? warn)(
      `${registry.location} can't be reached (${error.message}): ${formatReference(reference)} is taken for ${formatReference(version.resolved)}, as it was when the registry was last asked`,
    );
    return { version, yank: (await readNote(cache.storage, yankNote(version)))?.yank };
  }
}

function yankOf(version: CachedVersion): Promise<Yank | undefined> {
  return knownYank(version.registry, version.resolved, version.cache.storage, yankNote(version));
}

/** Where the cache notes whether the version was yanked. */
function yankNote({ registry, resolved }: CachedVersion): string {
  return `${cacheFolders.yanks}/${registryFolder(registry.location)}/${resolved.path}.json`;
}

/** The version that a reference names in full; undefined where the registry has to say what it means. */
function exactVersion(
  cache: VersionCache,
  registry: Registry,
  { name, config, version }: Reference,
): CachedVersion | undefined {
  return version === undefined || !isVersion(version)
    ? undefined
    : new CachedVersion(cache, registry, { name, config, version });
}

function notCached(registry: Registry, reference: Reference, cause: DatasetsError): DatasetsError {
  const name = formatReference(reference);
  return new DatasetsError(
    cause.code,
    `${name} is not in the cache, and ${registry.location} can't be reached: ${cause.message}`,
    {
      hint: `${cause.hint ?? 'See the cause.'} \`ailab-datasets cache\` lists what can be read without the registry.`,
      cause,
      at: { dataset: reference.name },
    },
  );
}

function gone({ resolved, registry }: CachedVersion): DatasetsError {
  return new DatasetsError(
    'VERSION_UNKNOWN',
    `${formatReference(resolved)} was just removed from ${registry.location}`,
    {
      hint: 'Run it again.',
      at: { dataset: resolved.name },
    },
  );
}

function warn(message: string): void {
  process.emitWarning(message, { type: 'DatasetsWarning', code: 'REGISTRY_UNREACHABLE' });
}
