import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AnyBuilder, BuilderReference } from '../../builder/index.js';
import type { ResolvedConfig } from '../../core/config/index.js';
import { DatasetsError } from '../../core/errors/index.js';
import { checksumsFileName, type DownloadLimits, openDownloads } from '../../downloads/index.js';
import { type BuildFacts, buildGraph, type Graph, planPipeline, splitsError } from '../../pipeline/index.js';
import {
  findPublished,
  lineageOf,
  type PublishedVersion,
  registryOf,
  requestKey,
  type Source,
  type SourceContext,
  type SourceState,
  type UpstreamVersion,
} from '../../sources/index.js';

/** Where a data set's sources are looked for. */
export interface SourcePlaces {
  readonly config: ResolvedConfig;
  readonly downloads: DownloadLimits & { readonly directory: string };
}

/** What sources are now. */
export interface LookedAtSources {
  readonly facts: BuildFacts;
  readonly sources: readonly SourceState[];
  readonly lineage: readonly UpstreamVersion[];
  /** Why some can't be told, by the source's description. */
  readonly unknown: Readonly<Record<string, string>>;
}

/**
 * Looks at every source of a builder as it is now: `splits()` runs, files are read for their checksums; no query runs, and nothing is fetched or written.
 *
 * @throws DatasetsError what `splits()` throws
 */
export async function lookAtSources(
  builder: AnyBuilder,
  reference: BuilderReference,
  snapshotTime: string,
  places: SourcePlaces,
): Promise<LookedAtSources> {
  const given: BuildFacts = { snapshotTime, once: {} };
  const unknown: Record<string, string> = {};
  const graph = await graphOf(builder, reference, given, places).catch((error: unknown) => {
    if (!(error instanceof DatasetsError) || error.code !== 'BUILD_REFUSED') throw error;
    unknown['downloads'] = error.message;
    return undefined;
  });
  if (graph === undefined) return { facts: given, sources: [], lineage: [], unknown };
  const sources: SourceState[] = Object.values(graph.facts.downloads ?? {}).map(({ url, bytes, sha256 }) => ({
    uri: url,
    bytes,
    digest: sha256,
  }));
  const lineage: UpstreamVersion[] = [];
  for (const source of readSources(graph)) {
    try {
      const context = await contextFor(source, builder, reference, places);
      sources.push(...(await (source.look ?? source.state).call(source, context)));
      if (source.published !== undefined) lineage.push(...(await lineageOf([source.published], context)));
    } catch (error) {
      if (!(error instanceof DatasetsError) || error.code === 'INTERRUPTED') throw error;
      unknown[source.description] = error.message;
    }
  }
  const byUri = new Map(sources.map((state) => [state.uri, state]));
  return { facts: graph.facts, sources: [...byUri.values()], lineage, unknown };
}

/** The graph of a builder as it is now. @throws DatasetsError BUILD_REFUSED where it downloads what isn't on this machine, and what `splits()` throws */
export async function graphOf(
  builder: AnyBuilder,
  { module, name }: BuilderReference,
  facts: BuildFacts,
  { downloads: { directory, ...limits } }: SourcePlaces,
): Promise<Graph> {
  const fetch = openDownloads({
    ...limits,
    directory,
    dataset: name,
    checksumsFile: join(dirname(fileURLToPath(module)), checksumsFileName),
    mode: 'cached',
    signal: new AbortController().signal,
  });
  const downloads = { directory, fetch };
  try {
    return await buildGraph((pipeline) => builder.splits(pipeline), { facts, mayAskFacts: true, downloads });
  } catch (error) {
    throw splitsError(error, name);
  }
}

/** What no split is made of is read by no build either. */
export function readSources(graph: Graph): readonly Source<unknown>[] {
  return planPipeline(graph).stages.flatMap(({ root }) => {
    const operation = graph.operations[root.node];
    return root.kind === 'source' && operation?.kind === 'read' ? [operation.source] : [];
  });
}

/** Without the versions that references mean. */
export function plainContext(
  { module }: BuilderReference,
  { snapshot }: Pick<AnyBuilder, 'snapshot'>,
  { config, downloads }: SourcePlaces,
): SourceContext {
  const { registry, registries, cacheDirectory, cacheBytes, warehouse, bigquery } = config;
  return {
    baseDirectory: dirname(fileURLToPath(module)),
    downloadDirectory: downloads.directory,
    warehouse,
    ...(bigquery !== undefined && { bigquery }),
    hidesValues: true,
    period: snapshot,
    published: { from: { registry, registries, cacheDirectory, cacheBytes }, versions: {} },
  };
}

/** With the version that the source's reference means now: looked up once, so that all that is said of it is of one version. */
export async function contextFor(
  source: Source<unknown>,
  builder: AnyBuilder,
  reference: BuilderReference,
  places: SourcePlaces,
): Promise<SourceContext> {
  const context = plainContext(reference, builder, places);
  const request = source.published;
  if (request === undefined || context.published === undefined) return context;
  const { name, config } = reference;
  const found = await findPublished(request, context, { name, config });
  const versions: Record<string, PublishedVersion> = { [requestKey(request, registryOf(request, context))]: found };
  return { ...context, published: { ...context.published, versions } };
}
