/** What the steps count of each stage, for progress. Authors' counters have the names that their authors gave them. */
export type StageCounts = 'tasks' | 'tasks done' | 'rows' | 'bad rows';

/** A counter of the job: `rows/groupByKey#4`. */
export function stageCounter(what: StageCounts, stage: string): string {
  return `${what}/${stage}`;
}
