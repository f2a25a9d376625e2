import type { Graph } from '../../pipeline/index.js';
import {
  lineageOf,
  type RetainedResult,
  type Source,
  type SourceState,
  type UpstreamVersion,
} from '../../sources/index.js';
import type { SourceBadRows } from '../engine.js';
import type { PreparedJob } from '../task/prepared-job.js';

/** States of the sources that a plan reads, by their nodes. */
export type StatesByNode = ReadonlyMap<number, readonly SourceState[]>;

/** The sources that a plan reads, by their nodes. */
export function readSources({ graph, plan }: PreparedJob): ReadonlyMap<number, Source<unknown>> {
  const sources = new Map<number, Source<unknown>>();
  for (const { root } of plan.stages) {
    const operation = graph.operations[root.node];
    if (root.kind === 'source' && operation?.kind === 'read') sources.set(root.node, operation.source);
  }
  return sources;
}

/** Asks every source that is read for its state, all at once: it may take as long as reading them. */
export async function askStates(
  prepared: PreparedJob,
  onState?: (node: number, source: Source<unknown>, states: readonly SourceState[]) => Promise<void>,
): Promise<StatesByNode> {
  const byNode = new Map<number, readonly SourceState[]>();
  await Promise.all(
    [...readSources(prepared)].map(async ([node, source]) => {
      const states = await source.state(prepared.sourceContext);
      await onState?.(node, source, states);
      byNode.set(node, states);
    }),
  );
  return byNode;
}

/** The state of every input, downloads among them, each once, with the number of its rows that were left out. */
export function recordedStates(
  graph: Graph,
  byNode: StatesByNode,
  badRows: readonly SourceBadRows[],
): readonly SourceState[] {
  const downloads = Object.values(graph.facts.downloads ?? {}).map(({ url, bytes, sha256 }) => ({
    uri: url,
    bytes,
    digest: sha256,
  }));
  const byUri = new Map([...downloads, ...[...byNode.values()].flat()].map((state) => [state.uri, state]));
  const states = [...byUri.values()].sort((a, b) => (a.uri < b.uri ? -1 : 1));
  return withBadRows(states, badRows);
}

/** A member of a download counts for that. */
function withBadRows(states: readonly SourceState[], badRows: readonly SourceBadRows[]): readonly SourceState[] {
  if (badRows.length === 0) return states;
  const counts = badRows.flatMap(({ byFile }) => Object.entries(byFile));
  return states.map((state) => {
    const own = counts.filter(([file]) => file === state.uri || file.startsWith(`${state.uri}#`));
    const rows = own.reduce((sum, [, count]) => sum + count, 0);
    return rows === 0 ? state : { ...state, badRows: rows };
  });
}

/** The published versions that are read. */
export function askLineage(prepared: PreparedJob): Promise<readonly UpstreamVersion[]> {
  const requests = [...readSources(prepared).values()].flatMap((source) => source.published ?? []);
  return lineageOf(requests, prepared.sourceContext);
}

/** Keeps what queries gave, when it was read whole, where the job asks for it. */
export async function retainResults(prepared: PreparedJob, byNode: StatesByNode): Promise<readonly RetainedResult[]> {
  const { job, sourceContext, retention } = prepared;
  if (job.retain === undefined) return [];
  const { directory } = job.retain;
  const sources = readSources(prepared);
  const retained: RetainedResult[] = [];
  // In the order of the graph: that of the states is chance.
  for (const [node, states] of [...byNode].sort(([a], [b]) => a - b)) {
    const source = sources.get(node);
    if (source?.retention === undefined) continue;
    retained.push(await source.retention.retain(retention, { directory, states }, sourceContext));
  }
  return retained;
}
