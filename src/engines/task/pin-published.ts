import { findPublished, type PublishedVersion, registryOf, requestKey } from '../../sources/index.js';
import type { PreparedJob } from './prepared-job.js';

/**
 * Finds the published versions that a job's sources name, each reference once, and records them among the facts: what an earlier attempt recorded stands.
 *
 * @throws DatasetsError as `findPublished`.
 */
export async function pinPublished(prepared: PreparedJob): Promise<PreparedJob> {
  const { graph, job, sourceContext } = prepared;
  const requests = graph.operations.flatMap((operation) =>
    operation.kind === 'read' ? (operation.source.published ?? []) : [],
  );
  if (requests.length === 0) return prepared;
  const { name, config } = job.builder;
  const versions = new Map<string, PublishedVersion>();
  for (const request of requests) {
    const registry = registryOf(request, sourceContext);
    const key = requestKey(request, registry);
    if (versions.has(key)) continue;
    const recorded = job.facts.published?.[key];
    versions.set(key, recorded ?? (await findPublished(request, sourceContext, { name, config })));
  }
  const published = Object.fromEntries([...versions].sort(([a], [b]) => (a < b ? -1 : 1)));
  return {
    ...prepared,
    graph: { ...graph, facts: { ...graph.facts, published } },
    sourceContext: {
      ...sourceContext,
      ...(job.registries !== undefined && { published: { from: job.registries, versions: published } }),
    },
  };
}
