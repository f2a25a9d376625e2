import { internalError } from '../../core/errors/index.js';
import type { GraphSignature, PlannedStage } from '../../pipeline/index.js';
import type { RunSummary } from '../../writers/index.js';
import type { SourceBadRows } from '../engine.js';
import type { StageResult } from '../task/task.js';
import { checkJoin } from './join-reports.js';
import { KeptElements } from './kept-elements.js';

/** What the stages of a build have given so far. */
export class GatheredResults {
  readonly kept = new KeptElements();
  /** Examples of all splits, in the order of stages and tasks. */
  readonly runs: RunSummary[] = [];
  readonly badRows: SourceBadRows[] = [];
  readonly #graph: GraphSignature;
  readonly #counters = new Map<string, number>();

  constructor(graph: GraphSignature) {
    this.#graph = graph;
  }

  /** For the manifest, by name. */
  get counters(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#counters].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /**
   * Takes what all tasks of a stage gave, in their order.
   *
   * @throws DatasetsError JOIN_UNMATCHED
   */
  add(stage: PlannedStage, results: readonly StageResult[]): void {
    this.kept.add(stage, results);
    this.runs.push(...results.flatMap((result) => result.runs));
    for (const result of results) this.#count(result.counters);
    const node = this.#graph.nodes[stage.root.node];
    if (node === undefined) throw internalError(`the graph has no node ${stage.root.node}`);
    if (node.kind !== 'join' || stage.root.kind !== 'shuffle') return;
    const reports = results.flatMap((result) => result.join ?? []);
    this.#count(checkJoin(node, reports));
  }

  /** What a source that may have malformed rows left out; undefined for none. */
  addBadRows(source: string, report: SourceBadRows | undefined): void {
    this.#count({ [`${source} bad rows`]: report?.rows ?? 0 });
    if (report !== undefined) this.badRows.push(report);
  }

  #count(counters: Readonly<Record<string, number>>): void {
    for (const [name, amount] of Object.entries(counters))
      this.#counters.set(name, (this.#counters.get(name) ?? 0) + amount);
  }
}
