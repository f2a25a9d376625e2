import { loadConfig, type ResolvedConfig } from '../core/config/index.js';
import { type Explanation, explain } from '../provenance/index.js';
import { openRegistry, type Registry } from '../registry/index.js';
import { downloadsOf } from './fetch-downloads.js';
import { type BuildTarget, findTarget } from './target.js';

export interface WhyOptions {
  /** Default: the configuration found from the working directory upwards. */
  readonly config?: ResolvedConfig;
}

/** What has changed since a version was published, and what is to be done. */
export interface WhyReport extends Explanation {
  readonly dataset: string;
  readonly config: string | undefined;
  readonly version: string;
  /** The name of the snapshot that it is, which stays as it is whatever has changed; undefined for a version without. */
  readonly snapshot: string | undefined;
}

/**
 * Says whether a version is what its builder would give now: each part that it was made with is the same, changed (with the difference of code or queries) or unknown. Reads sources for their checksums; builds, fetches
 * and writes nothing.
 *
 * @param reference `product_a`, `product_a/men`, `product_a:1.2.0`; without a version the builder's newest
 * @throws DatasetsError as `build` for the reference and the builder's code
 * @example
 * ```ts
 * const { verdict, because } = await why('product_a');
 * if (verdict !== 'nothing') console.log(because);
 * ```
 */
export async function why(reference: string, options: WhyOptions = {}): Promise<WhyReport> {
  const config = options.config ?? (await loadConfig());
  const target = await findTarget(reference, config);
  const explanation = await explainTarget(target, openRegistry(config.registry), config, {});
  return { dataset: target.definition.name, ...target.chosen, snapshot: target.snapshot?.name, ...explanation };
}

/** As `why`, for what a build has found already. */
export async function explainTarget(
  target: BuildTarget,
  registry: Registry,
  config: ResolvedConfig,
  asked: { readonly snapshotTime?: Date; readonly maxExamplesPerSplit?: number },
): Promise<Explanation> {
  const found = await registry.find(target.reference);
  if (found === undefined) {
    return { verdict: 'build', because: 'it is not published', parts: [], attested: false, stale: [] };
  }
  return explain(target.builder, registry, found.path, {
    config,
    downloads: downloadsOf(config),
    snapshotTime: asked.snapshotTime?.toISOString(),
    maxExamplesPerSplit: asked.maxExamplesPerSplit,
  });
}
