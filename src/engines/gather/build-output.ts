import type { BuildOutput, SplitOutput, UnitCounts } from '../engine.js';
import type { PreparedJob } from '../task/prepared-job.js';
import type { GatheredResults } from './gathered-results.js';
import { askLineage, recordedStates, retainResults, type StatesByNode } from './source-records.js';

export interface FinishedWork {
  readonly gathered: GatheredResults;
  readonly states: StatesByNode;
  readonly splits: readonly SplitOutput[];
  readonly units: UnitCounts;
}

/** What a build gives when its shards are written; keeps what queries gave. */
export async function buildOutput(
  prepared: PreparedJob,
  { gathered, states, splits, units }: FinishedWork,
): Promise<Omit<BuildOutput, 'engine'>> {
  const { graph } = prepared;
  const { counters, badRows } = gathered;
  return {
    splits,
    counters,
    sources: recordedStates(graph, states, badRows),
    badRows,
    retained: await retainResults(prepared, states),
    lineage: await askLineage(prepared),
    graphFingerprint: graph.fingerprint,
    facts: graph.facts,
    units,
  };
}
