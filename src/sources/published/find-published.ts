import { locateVersion } from '../../cache/index.js';
import { DatasetsError } from '../../core/errors/index.js';
import { formatReference, parseReference, type Reference } from '../../core/names/index.js';
import { versionInfo } from '../../reader/index.js';
import { isUnknownReference, type Manifest, openRegistry } from '../../registry/index.js';
import type { SourceContext } from '../source.js';
import type { PublishedRequest, PublishedVersion } from './published-request.js';
import { type RequestedRegistry, registryOf, requestKey } from './request-registry.js';

/** The data set that is built. */
export interface BuiltDataset {
  readonly name: string;
  readonly config: string | undefined;
}

/**
 * Asks a registry what a request means now.
 *
 * @param dataset may not be made from itself, not even by way of others.
 * @throws DatasetsError DATASET_UNKNOWN, CONFIG_UNKNOWN, VERSION_UNKNOWN, VERSION_REMOVED; UNSUPPORTED for data without a manifest; PIPELINE_INVALID for a circle; what storages
 *   throw.
 */
export async function findPublished(
  request: PublishedRequest,
  context: SourceContext,
  dataset?: BuiltDataset,
): Promise<PublishedVersion> {
  const registry = registryOf(request, context);
  const manifest = await manifestOf(parseReference(request.reference), registry);
  if (dataset !== undefined) await refuseCircle(dataset, manifest, registry);
  return versionOf(manifest);
}

function versionOf({ name, config, version, contentDigest }: Manifest): PublishedVersion {
  return { name, ...(config !== undefined && { config }), version, contentDigest };
}

async function manifestOf(
  reference: Reference,
  { location, label, from }: RequestedRegistry,
  ignoreYank = false,
): Promise<Manifest> {
  try {
    const { files } = await locateVersion(openRegistry(location), reference, { ...from, ignoreYank });
    const { manifest } = await versionInfo(files);
    if (manifest !== undefined) return manifest;
  } catch (error) {
    throw isUnknownReference(error) ? notPublished(error, reference, label) : error;
  }
  throw new DatasetsError(
    'UNSUPPORTED',
    `${formatReference(reference)} was prepared by tfds: without a manifest nothing says what a build has read`,
    {
      hint: `Take it into the registry first: ailab-datasets publish DIRECTORY --as ${reference.name}:1.0.0`,
      at: { dataset: reference.name },
    },
  );
}

function notPublished(cause: DatasetsError, reference: Reference, label: string | undefined): DatasetsError {
  const name = formatReference(reference);
  const flag = label === undefined ? '' : ` --registry ${label}`;
  // What an alias stands for can't be built.
  const build = reference.alias === undefined ? `Build it first: ailab-datasets build ${name}${flag}. ` : '';
  return new DatasetsError(
    cause.code,
    `${name}, which this data set is made from, is not published: ${cause.message}`,
    { hint: `${build}${cause.hint ?? ''}`.trim(), cause, at: cause.at },
  );
}

/**
 * Walks up the lineage of what would be read. Versions can't be made from each other in a circle, for none is older than what it was made from; but of data sets that are, none could be
 * rebuilt from the newest of the others.
 */
async function refuseCircle(dataset: BuiltDataset, read: Manifest, registry: RequestedRegistry): Promise<void> {
  const own = formatReference(dataset);
  const seen = new Set<string>();
  const waiting: { readonly manifest: Manifest; readonly way: readonly string[] }[] = [{ manifest: read, way: [own] }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { manifest } = next;
    const way = [...next.way, formatReference(manifest)];
    if (formatReference({ name: manifest.name, config: manifest.config }) === own) throw circle(way);
    for (const upstream of manifest.lineage) {
      const reference = formatReference(upstream);
      if (upstream.registry !== undefined || seen.has(reference)) continue;
      seen.add(reference);
      if (formatReference({ name: upstream.name, config: upstream.config }) === own) throw circle([...way, reference]);
      const found = await upstreamManifest(reference, registry);
      if (found !== undefined) waiting.push({ manifest: found, way });
    }
  }
}

/** Undefined for a version that was removed meanwhile, or that was never pulled to this registry. */
async function upstreamManifest(reference: string, registry: RequestedRegistry): Promise<Manifest | undefined> {
  try {
    // A yank there concerns whoever made that one.
    return await manifestOf(parseReference(reference), registry, true);
  } catch (error) {
    if (isUnknownReference(error) || (error instanceof DatasetsError && error.code === 'VERSION_REMOVED'))
      return undefined;
    throw error;
  }
}

function circle(way: readonly string[]): DatasetsError {
  const [dataset = ''] = way;
  return new DatasetsError('PIPELINE_INVALID', `${dataset} is made from itself: ${way.join(' reads ')}`, {
    hint: 'A data set is made from others. Give what both need a data set of its own.',
    at: { dataset },
  });
}

/** What a request means in this build: as it was recorded, or, outside of a build, as it is now. */
export async function recordedVersion(request: PublishedRequest, context: SourceContext): Promise<PublishedVersion> {
  const recorded = context.published?.versions[requestKey(request, registryOf(request, context))];
  return recorded ?? findPublished(request, context);
}
