import { type BuilderReference, loadBuilder } from '../../builder/index.js';
import { DatasetsError } from '../../core/errors/index.js';
import { type PublishedRequest, registryOf, type Source } from '../../sources/index.js';
import { graphOf, plainContext, readSources, type SourcePlaces } from './look-at-sources.js';

/** What a builder says that it is made from, before any of it is looked at. */
export interface DeclaredSources {
  /** Versions of other data sets in the registry that is built into, as the builder names them: `product_b:1.*.*`. Each once. */
  readonly upstreams: readonly string[];
  /** Why nobody can say it before something is downloaded; undefined where all is said. */
  readonly unknown: string | undefined;
  /** Most bytes that a warehouse would bill a build for now; 0 where nothing is paid for, undefined where nobody can say. Costs nothing. */
  bytesToBill(): Promise<number | undefined>;
}

/**
 * Asks a builder what it is made from: `splits()` runs; no source is looked at, no query runs, and nothing is fetched or written.
 *
 * @param snapshotTime ISO 8601, of the build that is meant
 * @throws DatasetsError BUILDER_INVALID, and what `splits()` throws
 */
export async function declaredSources(
  reference: BuilderReference,
  snapshotTime: string,
  places: SourcePlaces,
): Promise<DeclaredSources> {
  const builder = await loadBuilder(reference);
  const context = plainContext(reference, builder, places);
  try {
    const graph = await graphOf(builder, reference, { snapshotTime, once: {} }, places);
    const sources = readSources(graph);
    const own = ({ published }: Source<unknown>): readonly PublishedRequest[] =>
      published === undefined || registryOf(published, context).label !== undefined ? [] : [published];
    const upstreams = [...new Set(sources.flatMap(own).map((request) => request.reference))];
    const bytesToBill = () => sumOf(sources.map((source) => source.bytesToBill?.(context) ?? Promise.resolve(0)));
    return { upstreams, unknown: undefined, bytesToBill };
  } catch (error) {
    if (!(error instanceof DatasetsError) || error.code !== 'BUILD_REFUSED') throw error;
    return { upstreams: [], unknown: error.message, bytesToBill: async () => undefined };
  }
}

async function sumOf(parts: readonly Promise<number>[]): Promise<number | undefined> {
  const settled = await Promise.allSettled(parts);
  return settled.reduce<number | undefined>(
    (sum, part) => (sum === undefined || part.status === 'rejected' ? undefined : sum + part.value),
    0,
  );
}
