import { internalError } from '../../core/errors/index.js';
import type { Graph, GraphNode, PlannedStage, StageOutput } from '../../pipeline/index.js';
import type { RunSummary } from '../../writers/index.js';
import { type PartitionRun, PartitionWriter } from '../shuffle/index.js';
import type { Push } from '../stage/push.js';
import type { TaskContext } from '../stage/task-context.js';
import { CombineBuffer } from './combine-buffer.js';
import { FanOutWriter } from './fan-out-writer.js';
import type { PreparedJob } from './prepared-job.js';
import { SplitOutput } from './split-output.js';
import type { StageTask, WrittenBatches } from './task.js';

/** A function of nothing: not of the number of workers, so that batches after a shuffle are the same everywhere. */
export const shufflePartitions = 64;

/** What was written since the task began, or since it was taken last. */
export interface TakenOutputs {
  readonly runs: readonly RunSummary[];
  readonly outputs: readonly { readonly output: number; readonly run: PartitionRun }[];
  readonly fanOuts: readonly WrittenBatches[];
}

/** Where the elements of one task go: one writer for each output of its stage. */
export class StageOutputs {
  readonly pushes: readonly Push[];
  /** By the index of the output. */
  readonly #splits = new Map<number, SplitOutput>();
  readonly #writers: { readonly output: number; readonly writer: PartitionWriter }[] = [];
  readonly #combines: CombineBuffer[] = [];
  readonly #fanOuts: FanOutWriter[] = [];
  readonly #task: StageTask;
  /** Files are taken part by part: each has the part's number in its name. */
  #part: number;

  constructor(prepared: PreparedJob, stage: PlannedStage, task: StageTask, context: TaskContext) {
    const { graph } = prepared;
    this.#task = task;
    this.#part = task.resume?.part ?? 0;
    // All outputs of a task share one buffer's worth of memory.
    const bufferBytes = Math.max(1 << 20, Math.floor(prepared.job.bufferBytes / Math.max(1, stage.outputs.length)));
    this.pushes = stage.outputs.map((output, index) => {
      const from = graph.nodes[output.from] as GraphNode;
      switch (output.kind) {
        case 'split': {
          const before = task.resume?.examples[output.split] ?? 0;
          const open = (examples: number) =>
            prepared.openSplit({
              split: output.split,
              file: this.#file(output.split),
              sourceShard: task.name,
              bufferBytes,
              firstOrdinal: before + examples,
            });
          const limit = task.limits?.[output.split] ?? Number.POSITIVE_INFINITY;
          const split = new SplitOutput({ open, limit, context, from });
          this.#splits.set(index, split);
          return (value, key) => split.add(value, key);
        }
        case 'fanOut': {
          const writer = this.#openFanOut(output.node, index, from.keyed);
          // After all steps, and nothing to pass on: the last batch is written when the task ends.
          context.addBatch({ order: graph.nodes.length, flush: () => {}, missing: () => writer.missing });
          return guarded(context, from, (value, key) => writer.add(value, key));
        }
        default: {
          const partitions = output.kind === 'shuffle' ? shufflePartitions : 1;
          const writer = new PartitionWriter({ file: this.#file(`out${index}`), partitions, bufferBytes });
          this.#writers.push({ output: index, writer });
          return this.#recordPush(output, writer, context, graph, from);
        }
      }
    });
    const onlySplits = stage.outputs.every((output) => output.kind === 'split');
    if (onlySplits && task.limits !== undefined) {
      const splits = [...this.#splits.values()];
      const update = () => {
        context.stopped = splits.every((split) => split.isFull);
      };
      for (const split of splits) split.onFull = update;
      update();
    }
  }

  /** The split that an output of the stage is. */
  splitOf(output: number): SplitOutput | undefined {
    return this.#splits.get(output);
  }

  /** Writes out what there is and says where it lies. What comes afterwards goes to other files; only fan-outs go on with theirs. */
  take(): TakenOutputs {
    for (const combine of this.#combines) combine.flush();
    this.#part++;
    const outputs = this.#writers
      .map(({ output, writer }) => ({ output, run: writer.finish(this.#file(`out${output}`)) }))
      .filter(({ run }) => run.records > 0);
    return {
      outputs,
      runs: [...this.#splits.values()].flatMap((split) => split.take() ?? []),
      fanOuts: this.#fanOuts.map((fanOut) => fanOut.takeBatches()).filter(({ bytes }) => bytes.length > 0),
    };
  }

  /** Writes out the last batches of fan-outs, which are taken afterwards. */
  finish(): void {
    for (const fanOut of this.#fanOuts) fanOut.finish();
  }

  /** Removes every file, but for those that hold what the journal knows of. */
  abort(): void {
    for (const fanOut of this.#fanOuts) fanOut.abort(this.#task.journal === undefined);
    for (const { writer } of this.#writers) writer.abort();
    for (const split of this.#splits.values()) split.abort();
  }

  #file(name: string): string {
    return `${this.#task.filePrefix}-${this.#part}-${name}`;
  }

  #openFanOut(node: number, output: number, keyed: boolean): FanOutWriter {
    const target = this.#task.queues.find((candidate) => candidate.node === node);
    if (target === undefined) throw internalError(`no queue for node ${node}`);
    const writer = new FanOutWriter({
      file: fanOutFile(this.#task, output),
      output,
      target,
      keyed,
      firstBatch: this.#task.resume?.batches[output] ?? 0,
    });
    this.#fanOuts.push(writer);
    return writer;
  }

  #recordPush(output: StageOutput, writer: PartitionWriter, context: TaskContext, graph: Graph, from: GraphNode): Push {
    if (output.kind === 'shuffle') return this.#shufflePush(output, writer, context, graph, from);
    const pairs = from.keyed && !(output.kind === 'sideInput' && output.form !== 'map');
    if (pairs) return guarded(context, from, (value, key) => writer.addPair(key, value));
    return from.keyed
      ? guarded(context, from, (value, key) => writer.addElement([key, value]))
      : guarded(context, from, (value) => writer.addElement(value));
  }

  #shufflePush(
    output: Extract<StageOutput, { kind: 'shuffle' }>,
    writer: PartitionWriter,
    context: TaskContext,
    graph: Graph,
    from: GraphNode,
  ): Push {
    const node = graph.nodes[output.node] as GraphNode;
    const operation = graph.operations[output.node];
    if (output.combine && operation?.kind === 'combinePerKey') {
      const combine = new CombineBuffer(context, node, operation.combiner, writer);
      this.#combines.push(combine);
      return (value, key) => combine.add(key, value);
    }
    if (node.kind === 'join' || node.kind === 'coGroupByKey') {
      return guarded(context, from, (value, key) => writer.addToSide(output.input, key, value));
    }
    if (node.kind === 'distinct' && from.keyed)
      return guarded(context, from, (value, key) => writer.addElement([key, value]));
    return from.keyed
      ? guarded(context, from, (value, key) => writer.addPair(key, value))
      : guarded(context, from, (value) => writer.addElement(value));
  }
}

/** Where a task writes the batches of a fan-out: all of them, but not those that an earlier attempt wrote. */
export function fanOutFile(task: Pick<StageTask, 'filePrefix' | 'resume'>, output: number): string {
  return `${task.filePrefix}-from${task.resume?.part ?? 0}-out${output}`;
}

/** Says which step an element comes from that can't be stored. */
function guarded(context: TaskContext, from: GraphNode, push: Push): Push {
  return (value, key) => {
    try {
      push(value, key);
    } catch (cause) {
      throw context.outputError(from, cause, key);
    }
  };
}
