import { isGcsUrl } from '../../core/location/index.js';
import { formatReference, parseReference } from '../../core/names/index.js';
import type { AnyFeature, ExampleOf, OutputOf } from '../../features/index.js';
import type { SplitSelector } from '../../reader/index.js';
import type { Source, SourceContext, SourceState } from '../source.js';
import { cutShards, type PublishedPart } from './cut-shards.js';
import { recordedVersion } from './find-published.js';
import { openPublished } from './open-published.js';
import type { PublishedExample } from './published-example.js';
import type { PublishedRequest } from './published-request.js';
import { readPart, selectedSchema } from './read-part.js';
import { registryOf } from './request-registry.js';
import { selectorText } from './selector-text.js';

export interface PublishedOptions<N extends string = string> {
  /** A split or an expression of tfds: `train`, `train[:80%]+test`. Default: all examples of all splits. */
  readonly split?: SplitSelector;
  /** A name of the configuration's registries, `gs://bucket/path`, or a directory. Default: the registry that is built into. */
  readonly registry?: string;
  /** Fields of the schema to read; the others are not parsed. Default: all. */
  readonly fields?: readonly N[];
}

export interface PublishedClassOptions<N extends string = string> extends PublishedOptions<N> {
  /** `1.2.0` or `1.*.*`. Default: what the name alone means, the alias `default` or the newest. */
  readonly version?: string;
  readonly config?: string;
}

/** A data set's class, as far as its name and its examples' type go. */
export interface PublishedClass<F extends AnyFeature> {
  new (context: never): { info(): { readonly features: F } };
  readonly datasetName: string;
}

/**
 * Reads a published version of another data set.
 *
 * What the reference means is asked once, when the build begins, and recorded: workers and a build that goes on read that version, and the manifest names it in `lineage` with its
 * content digest. Record ranges of its shards are read in parallel; of a remote registry, through the cache of the machine.
 *
 * An element is an example as plain values, which the same feature of another schema takes as it is: numbers, text, `{ data, shape }` for tensors, the bytes of the file for
 * images and audio. A version has no keys, only hashes of them: key by a field that identifies the example.
 *
 * @param reference `product_b`, `product_b:1.*.*`, `product_b/men:1.2.0`, `product_b@prod`; or the data set's class, which gives the type
 * @throws DatasetsError while it is looked up: DATASET_UNKNOWN, CONFIG_UNKNOWN, VERSION_UNKNOWN, VERSION_REMOVED, SPLIT_UNKNOWN; UNSUPPORTED for data without a manifest;
 *   PIPELINE_INVALID for a data set that is made from itself
 * @example
 * ```ts
 * const late = pipeline
 *   .read(published('product_b:1.*.*', { split: 'train[:10%]', fields: ['date', 'origin', 'delay'] }))
 *   .filter((flight) => flight.delay > 60n)
 *   .keyBy((flight) => `${flight.date} ${flight.origin}`);
 * ```
 */
export function published<const R extends string, const N extends string = string>(
  reference: R,
  options?: PublishedOptions<N>,
): Source<PublishedExample<ExampleOf<R>, N>>;
export function published<F extends AnyFeature, const N extends string = string>(
  builder: PublishedClass<F>,
  options?: PublishedClassOptions<N>,
): Source<PublishedExample<OutputOf<F>, N>>;
export function published(
  subject: string | PublishedClass<AnyFeature>,
  options: PublishedClassOptions = {},
): Source<unknown> {
  const { split = 'all', fields, registry } = options;
  const reference = typeof subject === 'string' ? subject : classReference(subject, options);
  // A reference that is not well-formed is a mistake in the builder: it shows at once.
  parseReference(reference);
  const request: PublishedRequest = { reference, registry, split: selectorText(split) };
  const where = registry === undefined ? '' : ` of ${registry}`;
  return {
    kind: 'published',
    description: `published(${reference} ${request.split}${where})`,
    published: request,
    remote: (context) => isGcsUrl(registryOf(request, context).location),
    async split(context) {
      const version = await recordedVersion(request, context);
      const { info, schema } = await openPublished(version, registryOf(request, context));
      selectedSchema(schema, fields);
      return cutShards(version, info, split);
    },
    async *read(shard, context) {
      const part = shard.data as PublishedPart;
      const reader = await openPublished(part.version, registryOf(request, context));
      yield* readPart(reader, part, fields);
    },
    stamp: async (context) => (await recordedVersion(request, context)).contentDigest,
    state: async (context) => [await stateOf(request, context)],
  };
}

function classReference(
  { datasetName }: PublishedClass<AnyFeature>,
  { config, version }: PublishedClassOptions,
): string {
  return formatReference({ name: datasetName, config, version });
}

async function stateOf(request: PublishedRequest, context: SourceContext): Promise<SourceState> {
  const { label } = registryOf(request, context);
  const version = await recordedVersion(request, context);
  const uri = label === undefined ? formatReference(version) : `${formatReference(version)} of ${label}`;
  return { uri, digest: version.contentDigest };
}
