import type { SourceContext } from '../source.js';
import { recordedVersion } from './find-published.js';
import type { PublishedRequest, PublishedVersion } from './published-request.js';
import { registryOf } from './request-registry.js';

/** A version that a data set was made from, as its manifest says it. */
export type UpstreamVersion = PublishedVersion & {
  /** As the builder named it. */
  readonly reference: string;
  /** Where that is not the registry that holds the data set itself: as the builder named it. */
  readonly registry?: string;
  readonly split: string;
};

/** Every version that requests mean, by name; each split of it once. */
export async function lineageOf(
  requests: readonly PublishedRequest[],
  context: SourceContext,
): Promise<readonly UpstreamVersion[]> {
  const upstreams = await Promise.all(requests.map((request) => upstreamOf(request, context)));
  const byText = new Map(upstreams.map((upstream) => [JSON.stringify(upstream), upstream]));
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, upstream]) => upstream);
}

async function upstreamOf(request: PublishedRequest, context: SourceContext): Promise<UpstreamVersion> {
  const { label } = registryOf(request, context);
  const { name, config, version, contentDigest } = await recordedVersion(request, context);
  return {
    name,
    ...(config !== undefined && { config }),
    version,
    ...(label !== undefined && { registry: label }),
    reference: request.reference,
    split: request.split,
    contentDigest,
  };
}
