import { rm } from 'node:fs/promises';
import { DatasetsError } from '../../core/errors/index.js';
import { formatReference, isVersion, parseReference } from '../../core/names/index.js';
import {
  type Manifest,
  openRegistry,
  parseManifest,
  type RecordFormat,
  type Registry,
  type ResolvedVersion,
  readManifest,
  versionFiles,
  versionPath,
  type Yank,
} from '../../registry/index.js';
import { LocalStorage, refuseGcsfuse, type Storage } from '../../storage/index.js';
import { knownYank, rememberYank } from '../known-yank.js';
import { onceOnThisHost } from '../once-on-this-host.js';
import { reportYank } from '../report-yank.js';
import { writePartManifest } from './part-metadata.js';
import { pullFiles } from './pull-files.js';
import { type PulledFile, preparedFiles } from './pulled-file.js';
import { covers, extentOf, type Selection, selectFiles } from './selection.js';

export interface PullOptions {
  /** A directory, `gs://bucket/path`, or one that is open. */
  readonly registry: string | Registry;
  /** Absolute; the version comes to lie in `<directory>/<name>/[<config>/]<version>`, so that the directory is a registry as well. */
  readonly directory: string;
  /** Only the files of these formats. Default: all. */
  readonly formats?: readonly RecordFormat[] | undefined;
  /** Only these splits. Default: all. */
  readonly splits?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called once the files are known, with the bytes of all and of those that an earlier pull has fetched already. */
  readonly onStart?:
    | ((pull: { readonly reference: string; readonly bytes: number; readonly keptBytes: number }) => void)
    | undefined;
  /** Called with the bytes that are there so far. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
  /** Refuses a version that was yanked (`VERSION_YANKED`), in place of a warning. Default: false. */
  readonly strict?: boolean | undefined;
  /** Told when the version was yanked. Default: a warning of the process. */
  readonly onWarning?: ((message: string) => void) | undefined;
  /** Called once when another process of this host is found pulling the same version. */
  readonly onWait?: (() => void) | undefined;
}

export interface PullReport {
  readonly name: string;
  readonly config: string | undefined;
  readonly version: string;
  /** That it is not to be used any more. */
  readonly yank?: Yank;
  /** Absolute; the version, whole. */
  readonly directory: string;
  /** `exists`: it was there already, or another process of this host has pulled it meanwhile. */
  readonly status: 'pulled' | 'exists';
  /** What was fetched by this call; files of an earlier pull that was broken off are kept. */
  readonly fetched: { readonly files: number; readonly bytes: number };
  readonly kept: { readonly files: number; readonly bytes: number };
}

/** Pulls in progress lie here: in the file system of what they become, under a name that is no data set's. */
const pullFolder = '.pulling';
const nothing = { files: 0, bytes: 0 };

/**
 * Copies a version to a local directory, for trainers that read it with stock readers.
 *
 * It appears there whole, by one rename. Each file is verified before it counts; a pull that was broken off goes on where it stopped. However many processes
 * of a host ask for a version, one fetches it and the others wait for it; when that one dies, another takes over. A version that is there already
 * is not asked for again, but for one request in ten minutes, whether it was yanked.
 *
 * @param reference `product_a:1.2.0`; also a wildcard, an alias or a name alone, whose meaning is asked of the registry. Ranks that pull at once had better name one version: a
 *   newer one may appear between two of them.
 * @throws DatasetsError STORAGE_UNSUITABLE for a gcsfuse mount; DATASET_UNKNOWN, CONFIG_UNKNOWN, VERSION_UNKNOWN, SPLIT_UNKNOWN; UNSUPPORTED for a format that the version doesn't have; VERSION_YANKED with `strict`, and where all that match were yanked; VERSION_EXISTS when
 *   another part of it is there; DATA_CORRUPT when a file in the registry is not what was published; STORAGE_FULL, INTERRUPTED, and what the storage throws.
 * @example
 * ```ts
 * const { directory } = await pullVersion('product_a:1.*.*', { registry: 'gs://lab-datasets/registry', directory: '/scratch' });
 * ```
 */
export async function pullVersion(reference: string, options: PullOptions): Promise<PullReport> {
  refuseGcsfuse(options.directory, 'pull to');
  const wanted = parseReference(reference);
  const selection: Selection = { formats: options.formats, splits: options.splits };
  const target = new LocalStorage(options.directory);
  const registry = typeof options.registry === 'string' ? openRegistry(options.registry) : options.registry;
  const { name, config, version } = wanted;
  if (version !== undefined && isVersion(version)) {
    const exact = { name, config, version };
    const there = await pulledBefore(target, exact, selection);
    if (there !== undefined) return withYank(there, await yankOf(registry, exact, target), registry, options);
  }
  const resolved = await registry.resolve(wanted);
  if (options.strict === true) reportYank(resolved, options);
  const report = await onceOnThisHost({
    directory: target.location,
    lease: leaseOf(resolved),
    finished: () => pulledBefore(target, resolved, selection),
    work: () => pull({ registry, resolved, target, staging: `${pullFolder}/${idOf(resolved)}`, selection, options }),
    signal: options.signal,
    onWait: options.onWait,
  });
  await rememberYank(resolved.yank, target, yankNote(resolved));
  return withYank(report, resolved.yank, registry, options);
}

function yankOf(registry: Registry, version: ExactVersion, target: LocalStorage): Promise<Yank | undefined> {
  return knownYank(registry, version, target, yankNote(version));
}

function yankNote(version: ExactVersion): string {
  return `${pullFolder}/${idOf(version)}.yank.json`;
}

/** @throws DatasetsError VERSION_YANKED where only others are wanted. */
function withYank(report: PullReport, yank: Yank | undefined, registry: Registry, options: PullOptions): PullReport {
  if (yank === undefined) return report;
  reportYank({ ...report, location: registry.location, yank }, options);
  return { ...report, yank };
}

/** Whether a version in a directory was pulled there, so that nothing of the registry is there but the version itself. */
export async function wasPulled(directory: Storage, version: ExactVersion): Promise<boolean> {
  return (await directory.list(leaseOf(version))).length > 0;
}

function leaseOf(version: ExactVersion): string {
  return `${pullFolder}/${idOf(version)}.lease`;
}

function idOf({ name, config, version }: ExactVersion): string {
  return [name, config, version].filter(Boolean).join('-');
}

type ExactVersion = Pick<ResolvedVersion, 'name' | 'config' | 'version'>;

/** @throws DatasetsError VERSION_EXISTS when what is there is another part of the version. */
async function pulledBefore(
  target: LocalStorage,
  version: ExactVersion,
  selection: Selection,
): Promise<PullReport | undefined> {
  const path = versionPath(version);
  const manifest = await readManifest(target, path);
  const isPrepared = manifest === undefined && (await target.stat(`${path}/${versionFiles.datasetInfo}`)) !== undefined;
  if (manifest === undefined && !isPrepared) return undefined;
  const directory = target.absolute(path);
  if (manifest !== undefined && !covers(manifest, selection)) throw otherPart(manifest, directory);
  return {
    name: version.name,
    config: version.config,
    version: version.version,
    directory,
    status: 'exists',
    fetched: nothing,
    kept: nothing,
  };
}

interface Pull {
  readonly registry: Registry;
  readonly resolved: ResolvedVersion;
  readonly target: LocalStorage;
  /** In the target. */
  readonly staging: string;
  readonly selection: Selection;
  readonly options: PullOptions;
}

async function pull({ registry, resolved, target, staging, selection, options }: Pull): Promise<PullReport> {
  const tree = new LocalStorage(target.absolute(`${staging}/version`));
  const partial = target.absolute(`${staging}/partial`);
  await rm(partial, { recursive: true, force: true });
  await target.makeDirectory(`${staging}/partial`);
  const bytes = await registry.storage.read(`${resolved.path}/${versionFiles.manifest}`);
  const manifest = bytes && (await parseManifest(bytes, `${resolved.location}/${versionFiles.manifest}`));
  const selected = manifest && selectFiles(manifest, selection);
  const wanted = selected ?? (await preparedFiles(registry, resolved, selection));
  await removeOthers(tree, wanted);
  const { fetched, kept } = await pullFiles({
    from: registry.storage,
    path: resolved.path,
    tree,
    partial,
    wanted,
    options,
    reference: formatReference(resolved),
  });
  if (manifest !== undefined && selected !== undefined) {
    const isWhole = selected.length === manifest.files.length;
    if (isWhole) await tree.write(versionFiles.manifest, bytes ?? '');
    else await writePartManifest(tree, manifest, selected, selection);
  }
  const { name, config, version, path } = resolved;
  const status = (await target.moveDirectory(`${staging}/version`, path)) ? 'pulled' : 'exists';
  await target.deleteDirectory(staging);
  if (status === 'exists' && (await pulledBefore(target, resolved, selection)) === undefined)
    throw inTheWay(resolved, target.absolute(path));
  return { name, config, version, directory: target.absolute(path), status, fetched, kept };
}

/** What an earlier pull fetched that wanted more than this one. */
async function removeOthers(tree: LocalStorage, wanted: readonly PulledFile[]): Promise<void> {
  const paths = new Set(wanted.map(({ path }) => path));
  for await (const { path } of tree.walk('')) if (!paths.has(path)) await tree.delete(path);
}

function otherPart(manifest: Manifest, directory: string): DatasetsError {
  const { splits, formats } = extentOf(manifest);
  const reference = formatReference(manifest);
  return new DatasetsError(
    'VERSION_EXISTS',
    `${directory} holds another part of ${reference}: ${splits.join(', ')} as ${formats.join(', ')}`,
    {
      hint: 'Pull to another directory, or remove that one first: a version never changes.',
      at: { dataset: manifest.name, file: directory },
    },
  );
}

function inTheWay({ name }: ResolvedVersion, directory: string): DatasetsError {
  return new DatasetsError('STORAGE_FAILED', `${directory} is in the way: it holds files but is no version`, {
    hint: 'Look at it and remove it, or pull to another directory.',
    at: { dataset: name, file: directory },
  });
}
