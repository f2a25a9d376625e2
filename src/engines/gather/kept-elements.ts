import { rmSync } from 'node:fs';
import { internalError } from '../../core/errors/index.js';
import type { PlannedStage, StageOutput } from '../../pipeline/index.js';
import { type PartitionRun, type RecordSlice, slicesOf } from '../shuffle/index.js';
import { shufflePartitions } from '../task/stage-outputs.js';
import type { StageResult } from '../task/task.js';

type KeptKind = 'shuffle' | 'sideInput' | 'relay';

/** A task takes partitions until it has this many bytes: small shuffles then are one task. A function of the data, never of the workers. */
const partitionTaskBytes = 1 << 22;

/** What stages wrote for later ones, in the order of stages and tasks. */
export class KeptElements {
  readonly #runs = new Map<string, PartitionRun[]>();

  add(stage: PlannedStage, results: readonly StageResult[]): void {
    for (const result of results) {
      for (const { output, run } of result.outputs) {
        const target = stage.outputs[output];
        if (target === undefined || !isKept(target)) throw internalError(`${stage.name} has no output ${output}`);
        this.#of(target.kind, target.node).push(run);
      }
    }
  }

  /** Everything of one node as one list of records. */
  slices(kind: KeptKind, node: number): readonly RecordSlice[] {
    return slicesOf(this.#of(kind, node), 0);
  }

  /** What each task kept, for tasks that go on where those ended. */
  slicesByTask(kind: KeptKind, node: number): readonly (readonly RecordSlice[])[] {
    return this.#of(kind, node).map((run) => slicesOf([run], 0));
  }

  /** The partitions of a shuffle, dealt to tasks. */
  partitions(node: number): readonly {
    readonly first: number;
    readonly last: number;
    readonly slices: readonly (readonly RecordSlice[])[];
  }[] {
    const runs = this.#of('shuffle', node);
    const tasks: { first: number; last: number; slices: (readonly RecordSlice[])[] }[] = [];
    let open: { first: number; last: number; slices: (readonly RecordSlice[])[] } | undefined;
    let bytes = 0;
    for (let partition = 0; partition < shufflePartitions; partition++) {
      const slices = slicesOf(runs, partition);
      if (slices.length === 0) continue;
      if (open === undefined || bytes >= partitionTaskBytes) {
        open = { first: partition, last: partition, slices: [] };
        tasks.push(open);
        bytes = 0;
      }
      open.last = partition;
      open.slices.push(slices);
      bytes += slices.reduce((sum, slice) => sum + slice.bytes, 0);
    }
    return tasks;
  }

  records(kind: KeptKind, node: number): number {
    return this.#of(kind, node).reduce((sum, run) => sum + run.records, 0);
  }

  /** Deletes the files of what nobody needs any more. */
  drop(kind: KeptKind, node: number): void {
    for (const run of this.#of(kind, node)) rmSync(run.file, { force: true });
    this.#runs.delete(`${kind} ${node}`);
  }

  #of(kind: KeptKind, node: number): PartitionRun[] {
    const key = `${kind} ${node}`;
    let runs = this.#runs.get(key);
    if (runs === undefined) {
      runs = [];
      this.#runs.set(key, runs);
    }
    return runs;
  }
}

function isKept(output: StageOutput): output is Extract<StageOutput, { kind: KeptKind }> {
  return output.kind === 'shuffle' || output.kind === 'sideInput' || output.kind === 'relay';
}
