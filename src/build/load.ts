import { type BuilderContext, loadDefinition } from '../builder/index.js';
import { findLocated, type LocatedVersion, locateVersion } from '../cache/index.js';
import { loadConfig, type ResolvedConfig, withRegistry } from '../core/config/index.js';
import { formatReference, parseReference, type Reference } from '../core/names/index.js';
import { splitSnapshotConfig } from '../core/snapshots/index.js';
import type { AnyFeature, ExampleOf, OutputOf } from '../features/index.js';
import {
  type Dataset,
  type FileVerification,
  openVersion,
  type ReadFormat,
  type SplitSelector,
} from '../reader/index.js';
import { openRegistry, type Registry } from '../registry/index.js';
import { build } from './build.js';
import type { BuildEvent } from './build-options.js';
import { configuredDatasets } from './find-dataset.js';

/**
 * Whether `load` may build a version that isn't in the registry: `auto` where all of its sources are local files, `always` also where they are
 * not, `never` not at all.
 */
export type BuildPolicy = 'auto' | 'never' | 'always';

export interface LoadOptions {
  /** A split or an expression of tfds: `train`, `train[:80%]+test`, `test[10:20]`. Default: all examples of all splits. */
  readonly split?: SplitSelector;
  /** The registry: a directory, `gs://bucket/path`, or a name of the configuration. Default: the configuration's. */
  readonly registry?: string;
  /** Default: `auto`. */
  readonly build?: BuildPolicy;
  /** Which of the version's formats is read. Default: Arrow where it is there. */
  readonly format?: ReadFormat;
  /**
   * What each file is compared with before it is read: `size` with its size in the manifest (the default), `full` also with its SHA-256, `none`
   * with nothing. What is fetched from a remote registry is compared with all its checksums in any case.
   */
  readonly verify?: FileVerification;
  /** Whether the checksum of each TFRecord is checked while reading. Default: true, unless `verify` is `none`. */
  readonly verifyChecksums?: boolean;
  /** Default: the configuration found from the working directory upwards. */
  readonly config?: ResolvedConfig;
  readonly signal?: AbortSignal;
  readonly onProgress?: (event: BuildEvent) => void;
  /** Refuses a version that was yanked (`VERSION_YANKED`), in place of a warning. Default: false. */
  readonly strict?: boolean;
  /** Told when a version was yanked, and when a remote registry can't be reached and the cache answers in its place. Default: a warning of the process. */
  readonly onWarning?: (message: string) => void;
}

/** A data set's class, as far as `load` needs it. */
export interface LoadableClass<F extends AnyFeature> {
  new (context: BuilderContext): { info(): { readonly features: F } };
  readonly datasetName: string;
}

/**
 * Opens a version of a data set, by reference or by its class; builds it first where it is missing and that needs nothing but local files.
 * Of a remote registry the shards are fetched that are read, into the cache of this machine; what is there is read without the registry.
 *
 * Examples are typed from the name (as the newest version has them) where the data set's module adds itself to `DatasetTypes`, else by the
 * class.
 *
 * @param reference `product_a`, `product_a/men`, `product_a:1.2.0`, `product_a:1.*.*`; without a version the newest in the registry that is not yanked; of data that grows `product_a/20261121`, `product_a@nightly`. Snapshots are not built here, unless `build` is `always`.
 * @throws DatasetsError DATASET_UNKNOWN, CONFIG_UNKNOWN, VERSION_UNKNOWN, SPLIT_UNKNOWN, SPLIT_EXPRESSION_INVALID, BUILD_REFUSED, VERSION_YANKED, and
 *   whatever stops a build.
 * @example
 * ```ts
 * for await (const { image, label } of await load('mnist', { split: 'train[:80%]' })) learn(image.data, label);
 * ```
 */
export function load<const R extends string>(reference: R, options?: LoadOptions): Promise<Dataset<ExampleOf<R>>>;
export function load<F extends AnyFeature>(
  builder: LoadableClass<F>,
  options?: LoadOptions,
): Promise<Dataset<OutputOf<F>>>;
export async function load(
  subject: string | LoadableClass<AnyFeature>,
  options: LoadOptions = {},
): Promise<Dataset<unknown>> {
  const configured = options.config ?? (await loadConfig());
  const config = options.registry === undefined ? configured : withRegistry(configured, options.registry);
  const registry = openRegistry(config.registry);
  const reference = parseReference(typeof subject === 'string' ? subject : subject.datasetName);
  const { files } = await findOrBuild(reference, registry, config, options);
  const version = await openVersion<unknown>(files, {
    format: options.format,
    verify: options.verify,
    verifyChecksums: options.verifyChecksums,
  });
  return version.dataset(options.split);
}

async function findOrBuild(
  reference: Reference,
  registry: Registry,
  config: ResolvedConfig,
  options: LoadOptions,
): Promise<LocatedVersion> {
  const located = { ...config, onWarning: options.onWarning, strict: options.strict };
  const found = await findLocated(registry, reference, located);
  if (found !== undefined) return found;
  const policy = options.build ?? 'auto';
  const isForOthers =
    reference.alias !== undefined || (policy === 'auto' && (await meansGrowing(registry, reference, config)));
  if (policy === 'never' || isForOthers) return locateVersion(registry, reference, located);
  const built = await build(formatReference(reference), {
    config,
    localSourcesOnly: policy === 'auto',
    ...(options.signal !== undefined && { signal: options.signal }),
    ...(options.onProgress !== undefined && { onProgress: options.onProgress }),
  });
  return locateVersion(registry, parseReference(formatReference({ ...built, name: built.dataset })), located);
}

/**
 * Whether a reference means data that grows: a snapshot, or the version of a data set of which the registry has snapshots alone. These are published by those who build them: a date that is mistyped must not become a
 * snapshot, nor the data of this minute a version.
 */
async function meansGrowing(
  registry: Registry,
  { name, config }: Reference,
  settings: ResolvedConfig,
): Promise<boolean> {
  const found = (await configuredDatasets(settings)).find((dataset) => dataset.name === name);
  if (found === undefined || (await loadDefinition(found.module, found.name)).snapshots === undefined) return false;
  if (isSnapshot(config)) return true;
  const listing = await registry.listDataset(name);
  return listing?.versions.length === 0 && listing.configs.every((known) => isSnapshot(known.name));
}

function isSnapshot(config: string | undefined): boolean {
  return splitSnapshotConfig(config).snapshot !== undefined;
}
