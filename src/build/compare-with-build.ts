import { formatReference } from '../core/names/index.js';
import { type Bump, diffLines, requiredBump, type VersionDiff } from '../quality/index.js';
import { openRegistry, readManifest, versionPath } from '../registry/index.js';
import { build } from './build.js';
import { isSame } from './build-and-compare.js';
import { buildBeside, whileComparing } from './build-beside.js';
import type { BuildOptions } from './build-options.js';
import { findTarget } from './target.js';
import { explainTarget } from './why.js';

/** How a published version differs from what a build gives now. */
export interface PublishedComparison {
  /** `product_a/men:1.2.0` */
  readonly reference: string;
  /** `unpublished`: nothing is there to be compared with. `same` without a difference: nothing that it was made with is another one, so that it wasn't built. */
  readonly status: 'unpublished' | 'same' | 'different';
  /** What a new version has to be raised by. */
  readonly bump: Bump;
  /** Why, in lines for people. */
  readonly because: readonly string[];
  readonly diff: VersionDiff | undefined;
}

/**
 * Says which bump a data set's code and sources take as they are now: where something that its version was made with is another one, the version is built beside the registry and compared. Nothing is published or attested.
 *
 * @param reference as `build` takes it
 * @throws DatasetsError as `build`
 * @example
 * ```ts
 * const { bump, because } = await compareWithBuild('product_a', { config: await loadConfig() });
 * ```
 */
export async function compareWithBuild(
  reference: string,
  options: Pick<BuildOptions, 'config' | 'signal' | 'onProgress'>,
): Promise<PublishedComparison> {
  const { config } = options;
  const target = await findTarget(reference, config);
  const registry = openRegistry(config.registry);
  const found = { reference: formatReference(target.reference), diff: undefined };
  const published = await readManifest(
    registry.storage,
    versionPath({ name: target.reference.name, ...target.chosen }),
  );
  if (published === undefined)
    return { ...found, status: 'unpublished', bump: 'none', because: ['it is not published'] };
  const { verdict, because } = await explainTarget(target, registry, config, {});
  if (verdict === 'nothing') return { ...found, status: 'same', bump: 'none', because: [because] };
  return whileComparing(target, registry, options, async (folder) => {
    const { diff } = await buildBeside(folder, target, registry, published, options, build);
    if (isSame(diff)) return { ...found, status: 'same', bump: 'none', because: ['a build gives the same data'], diff };
    const lines = diffLines(diff);
    const required = requiredBump(diff);
    // Where only the order of splits or the like is another one, the version is another one all the same.
    const bump = required === 'none' ? 'patch' : required;
    return { ...found, status: 'different', bump, because: lines, diff };
  });
}
