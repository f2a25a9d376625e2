import { type BuilderReference, loadBuilder } from '../../builder/index.js';
import { DatasetsError } from '../../core/errors/index.js';
import { contextFor, graphOf, readSources, type SourcePlaces } from './look-at-sources.js';

/** A source that is not in its place, or can't be looked at. */
export interface MissingSource {
  /** `csv(item_context.csv)` */
  readonly description: string;
  readonly error: DatasetsError;
}

/**
 * Which sources of a builder are not in their places: files, patterns and prefixes that match nothing, tables that a warehouse doesn't know, versions that are not published. `splits()` runs; nothing is read but names, sizes and times where a source
 * has them, no query runs, and nothing is fetched or written. Downloads are not looked at: a build fetches them.
 *
 * @param snapshotTime ISO 8601, of the build that is meant
 * @throws DatasetsError what `splits()` throws
 */
export async function missingSources(
  reference: BuilderReference,
  snapshotTime: string,
  places: SourcePlaces,
): Promise<readonly MissingSource[]> {
  const builder = await loadBuilder(reference);
  const missing: MissingSource[] = [];
  const graph = await graphOf(builder, reference, { snapshotTime, once: {} }, places).catch((error: unknown) => {
    if (!(error instanceof DatasetsError) || error.code !== 'BUILD_REFUSED') throw error;
    return undefined;
  });
  for (const source of graph === undefined ? [] : readSources(graph)) {
    try {
      const context = await contextFor(source, builder, reference, places);
      if (source.stamp !== undefined) await source.stamp(context);
      else await (source.look ?? source.state).call(source, context);
    } catch (error) {
      if (!(error instanceof DatasetsError)) throw error;
      missing.push({ description: source.description, error });
    }
  }
  return missing;
}
