import { DatasetsError } from '../core/errors/index.js';
import { formatReference, isVersion, type Reference } from '../core/names/index.js';
import { localVersionFiles, type VersionFiles } from '../reader/index.js';
import { isUnknownReference, type Registry, type ResolvedVersion } from '../registry/index.js';
import { isLocalStorage } from '../storage/index.js';
import { CachedVersion } from './cached-version.js';
import { ensureMetadata, hasMetadata } from './fetch-metadata.js';
import { rememberedVersion, rememberVersion } from './resolutions.js';
import { isUnreachable } from './unreachable.js';
import { type CacheSettings, VersionCache } from './version-cache.js';

export interface LocateOptions extends CacheSettings {
  /** Told when a registry can't be reached and the cache answers in its place. Default: a warning of the process. */
  readonly onWarning?: ((message: string) => void) | undefined;
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
 * A single version (`product_a:1.2.0`) that is in the cache is found without any request: versions never change. What an alias, a wildcard or a name alone means is asked of the
 * registry; when that can't be reached, the cache answers with what it meant last.
 *
 * @throws DatasetsError DATASET_UNKNOWN, CONFIG_UNKNOWN, VERSION_UNKNOWN; STORAGE_UNREACHABLE, STORAGE_FAILED, CREDENTIALS_MISSING where neither registry nor
 *   cache can answer; MANIFEST_INVALID, FORMAT_TOO_NEW.
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
  if (isLocalStorage(registry.storage)) {
    const resolved = await registry.resolve(reference);
    return { ...resolved, files: localVersionFiles(resolved.location), directory: resolved.location };
  }
  const version = await locateRemote(registry, reference, options);
  return { ...version.resolved, files: version, directory: version.directory };
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

/** As `locateVersion`, for a registry that is not local. */
export async function locateRemote(
  registry: Registry,
  reference: Reference,
  options: LocateOptions,
): Promise<CachedVersion> {
  const cache = VersionCache.of(options);
  try {
    const exact = exactVersion(cache, registry, reference);
    if (exact !== undefined && (await ensureMetadata(exact))) return exact;
    const resolved = await registry.resolve(reference);
    const version = new CachedVersion(cache, registry, resolved);
    if (!(await ensureMetadata(version))) throw gone(version);
    await rememberVersion(cache, registry, reference, resolved);
    return version;
  } catch (error) {
    if (!isUnreachable(error, registry.location)) throw error;
    const remembered = await rememberedVersion(cache, registry, reference);
    if (remembered === undefined) throw notCached(registry, reference, error);
    const version = new CachedVersion(cache, registry, { name: reference.name, ...remembered });
    if (!(await hasMetadata(version))) throw notCached(registry, reference, error);
    (options.onWarning ?? warn)(
      `${registry.location} can't be reached (${error.message}): ${formatReference(reference)} is taken for ${formatReference(version.resolved)}, as it was when the registry was last asked`,
    );
    return version;
  }
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
