import type { ResolvedConfig } from '../../core/config/index.js';
import { formatReference } from '../../core/names/index.js';
import { type Manifest, type Registry, readManifest, readYank, versionPath, yankText } from '../../registry/index.js';
import { openNamed } from '../open-named.js';

/** A version that another one was made from, directly or not, and that is not what it was. */
export interface StaleUpstream {
  /** `product_b:1.1.0` */
  readonly reference: string;
  readonly state: 'yanked' | 'republished';
  /** In words, for people. */
  readonly why: string;
  /** The versions in between, from the one that was asked about. */
  readonly by: readonly string[];
}

/**
 * Which of the versions that a version was made from were yanked since, or have other content now. What was pruned, or lies in a registry that can't be read, is passed over: nothing is said of it.
 */
export async function staleUpstreams(
  manifest: Manifest,
  registry: Registry,
  config: ResolvedConfig,
): Promise<readonly StaleUpstream[]> {
  const found: StaleUpstream[] = [];
  const seen = new Set<string>();
  const waiting = [{ manifest, registry, by: [formatReference(manifest)] }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const upstream of next.manifest.lineage) {
      const place = upstream.registry === undefined ? next.registry : openNamed(upstream.registry, config);
      const reference = formatReference(upstream);
      const key = `${place?.location} ${reference} ${upstream.contentDigest}`;
      if (place === undefined || seen.has(key)) continue;
      seen.add(key);
      const yank = await readYank(place.storage, upstream);
      if (yank !== undefined) found.push({ reference, state: 'yanked', why: yankText(upstream, yank), by: next.by });
      const now = await readManifest(place.storage, versionPath(upstream));
      if (now === undefined) continue;
      if (upstream.contentDigest !== undefined && now.contentDigest !== upstream.contentDigest) {
        const why = `${reference} has other content than when it was read: ${now.contentDigest}, and it was ${upstream.contentDigest}`;
        found.push({ reference, state: 'republished', why, by: next.by });
      }
      waiting.push({ manifest: now, registry: place, by: [...next.by, reference] });
    }
  }
  return found;
}
