import type { StageResult } from './task.js';

/** What the parts of a unit gave together, in their order. */
export function mergeResults(parts: readonly StageResult[]): StageResult {
  const counters: Record<string, number> = {};
  for (const part of parts) {
    for (const [name, amount] of Object.entries(part.counters)) counters[name] = (counters[name] ?? 0) + amount;
  }
  return {
    kind: 'stage',
    rows: parts.reduce((sum, part) => sum + part.rows, 0),
    runs: parts.flatMap((part) => part.runs),
    outputs: parts.flatMap((part) => part.outputs),
    fanOuts: parts.flatMap((part) => part.fanOuts),
    counters,
    // Only units of a shuffle report on a join, and those have no parts.
    join: parts.find((part) => part.join !== undefined)?.join,
    // The same of source shards.
    badRows: parts.find((part) => part.badRows !== undefined)?.badRows,
  };
}
