import { DatasetsError } from '../core/errors/index.js';
import { formatReference } from '../core/names/index.js';
import type { VersionFiles } from '../reader/index.js';
import {
  type Manifest,
  type Registry,
  type ResolvedVersion,
  readVersionInfo,
  type VersionInfo,
  versionFiles,
  versionInfoOf,
  versionPath,
} from '../registry/index.js';
import { LocalStorage } from '../storage/index.js';
import { cacheFolders, leaseFolder, registryFolder } from './cache-layout.js';
import { readCheckedManifest } from './checked-manifest.js';
import { type ExpectedFile, fetchFile } from './fetch-file.js';
import { onceOnThisHost } from './once-on-this-host.js';
import { isUnreachable } from './unreachable.js';
import type { VersionCache } from './version-cache.js';

/** So many shards are fetched while one is read. An iteration that is broken off has fetched no more than those in vain. */
const shardsAhead = 4;
const nothingKnown: ExpectedFile = { bytes: undefined, crc32c: undefined, sha256: undefined };

/**
 * The local copy of a version of a remote registry, as far as there is one: files are fetched when they are first asked for.
 */
export class CachedVersion implements VersionFiles {
  readonly resolved: ResolvedVersion;
  readonly registry: Registry;
  readonly cache: VersionCache;
  /** Its place in the cache's directory. */
  readonly place: string;
  readonly metadata: LocalStorage;
  readonly readAhead = shardsAhead;
  #manifest: Promise<Manifest | undefined> | undefined;

  constructor(cache: VersionCache, registry: Registry, version: Pick<ResolvedVersion, 'name' | 'config' | 'version'>) {
    const { name, config } = version;
    const path = versionPath(version);
    this.cache = cache;
    this.registry = registry;
    this.resolved = { name, config, version: version.version, path, location: registry.locationOf(path) };
    this.place = `${cacheFolders.versions}/${registryFolder(registry.location)}/${path}`;
    this.metadata = new LocalStorage(cache.storage.absolute(this.place));
  }

  get location(): string {
    return this.resolved.location;
  }

  /** Absolute; holds what was fetched, laid out as in the registry. */
  get directory(): string {
    return this.metadata.location;
  }

  /** Undefined for data that tfds prepared. Read once: a version doesn't change. */
  manifest(): Promise<Manifest | undefined> {
    this.#manifest ??= readCheckedManifest(this.cache.storage, this.placeOf(versionFiles.manifest));
    return this.#manifest;
  }

  async info(): Promise<VersionInfo> {
    const manifest = await this.manifest();
    return manifest === undefined ? readVersionInfo(this.metadata) : versionInfoOf(manifest);
  }

  async file(path: string): Promise<string> {
    const place = this.placeOf(path);
    await this.cache.process.pin(place);
    try {
      return await this.#present(path);
    } catch (error) {
      this.release(path);
      throw error;
    }
  }

  prefetch(paths: readonly string[]): void {
    // Whoever reads the file meets the fault.
    for (const path of paths) this.#present(path).catch(() => undefined);
  }

  release(path: string): void {
    this.cache.process.unpin(this.placeOf(path));
  }

  async drop(path: string): Promise<boolean> {
    await this.cache.storage.delete(this.placeOf(path));
    return true;
  }

  /** The place of one of its files in the cache's directory. */
  placeOf(path: string): string {
    return `${this.place}/${path}`;
  }

  /** Looks a file up, or fetches it; once, however many ask. */
  #present(path: string): Promise<string> {
    const { inFlight } = this.cache;
    const place = this.placeOf(path);
    const known = inFlight.get(place);
    if (known !== undefined) return known;
    const present = this.#lookUp(path).finally(() => inFlight.delete(place));
    inFlight.set(place, present);
    return present;
  }

  async #lookUp(path: string): Promise<string> {
    const { cache } = this;
    const place = this.placeOf(path);
    const file = cache.storage.absolute(place);
    if (await cache.use(place)) return file;
    return cache.downloads.run(() =>
      onceOnThisHost({
        directory: cache.storage.location,
        lease: leaseFolder(place),
        finished: async () => ((await cache.use(place)) ? file : undefined),
        work: async () => {
          await this.#fetch(path, file);
          return file;
        },
      }),
    );
  }

  async #fetch(path: string, to: string): Promise<void> {
    const { cache, registry } = this;
    try {
      const expected = await this.#expected(path);
      const inRegistry = `${this.resolved.path}/${path}`;
      const bytes = expected.bytes ?? (await registry.storage.stat(inRegistry))?.bytes ?? 0;
      await cache.limit.reserve(bytes);
      const partial = await cache.process.partialFile();
      await fetchFile({ from: registry.storage, path: inRegistry, to, partial, expected });
    } catch (error) {
      throw isUnreachable(error, registry.location) ? this.#notCached(path, error) : error;
    }
  }

  async #expected(path: string): Promise<ExpectedFile> {
    const manifest = await this.manifest();
    return manifest?.files.find((file) => file.path === path) ?? nothingKnown;
  }

  #notCached(path: string, cause: DatasetsError): DatasetsError {
    const reference = formatReference(this.resolved);
    return new DatasetsError(
      cause.code,
      `${path} of ${reference} is not in the cache, and can't be fetched: ${cause.message}`,
      {
        ...(cause.hint !== undefined && { hint: cause.hint }),
        cause,
        at: { dataset: this.resolved.name, file: `${this.location}/${path}` },
      },
    );
  }
}
