import { join } from 'node:path';
import type { GraphNode, PlannedStage } from '../../pipeline/index.js';
import type { SourceShard } from '../../sources/index.js';
import type { PreparedJob } from '../task/prepared-job.js';
import { fanOutFile } from '../task/stage-outputs.js';
import type { StageResult, StageTask, StageUnit } from '../task/task.js';
import type { FanOuts } from './fan-outs.js';
import type { KeptElements } from './kept-elements.js';
import { offerBatches } from './offer-batches.js';
import type { Resumption } from './resumption.js';

export interface StageTasks {
  readonly tasks: readonly StageTask[];
  /** What there is of each task already: all of it, or what comes before where it goes on. */
  readonly known: readonly (KnownTask | undefined)[];
  /** What there is that belongs to no task of this attempt. */
  readonly before: readonly StageResult[];
  /** Sizes for progress, where known. */
  readonly rows: number | undefined;
  readonly bytes: number | undefined;
}

export interface KnownTask {
  readonly result: StageResult;
  readonly isFinished: boolean;
}

interface NamedUnit {
  readonly name: string;
  readonly unit: StageUnit;
}

/** Cuts a stage into tasks, when everything that it reads is there. */
export async function stageTasks(
  prepared: PreparedJob,
  stage: PlannedStage,
  kept: KeptElements,
  fanOuts: FanOuts,
  workers: number,
  resumption: Resumption | undefined,
): Promise<StageTasks> {
  const index = prepared.plan.stages.indexOf(stage);
  // All of a fan-out's batches were worked on: there is nothing to deal.
  const isDealt = stage.root.kind === 'fanOut' && resumption?.isEnded(stage) === true;
  const { units, rows, bytes } = await unitsOf(prepared, stage, kept, fanOuts, isDealt ? 0 : workers);
  const tasks: StageTask[] = [];
  const known: (KnownTask | undefined)[] = [];
  for (const [number, { name, unit }] of units.entries()) {
    const found = resumption?.find(stage, unit);
    const usable =
      resumption !== undefined &&
      found !== undefined &&
      (await offerBatches(stage, unit, found.result, fanOuts, resumption));
    const resume = usable ? found.resume : undefined;
    const fileName = resumption?.fileName(stage, unit, number) ?? `stage${index}-task${number}`;
    const filePrefix = join(prepared.job.workDirectory, fileName);
    const isFinished = usable && resume === undefined;
    const queues = stage.outputs.flatMap((output, outputIndex) => {
      if (output.kind !== 'fanOut' || isFinished) return [];
      const file = fanOutFile({ filePrefix, resume }, outputIndex);
      return [fanOuts.addProducer(output.node, { file, unit: resumption?.unitKey(stage, unit) ?? '' })];
    });
    const journal = resumption?.journalOf(stage, unit);
    tasks.push({ kind: 'stage', stage: index, name, unit, filePrefix, queues, limits: undefined, journal, resume });
    known.push(usable ? { result: found.result, isFinished } : undefined);
  }
  const before = stage.root.kind === 'fanOut' ? (resumption?.findFanOut(stage) ?? []) : [];
  return { tasks, known, before, rows, bytes };
}

async function unitsOf(
  prepared: PreparedJob,
  stage: PlannedStage,
  kept: KeptElements,
  fanOuts: FanOuts,
  workers: number,
): Promise<{
  readonly units: readonly NamedUnit[];
  readonly rows: number | undefined;
  readonly bytes: number | undefined;
}> {
  const node = prepared.graph.nodes[stage.root.node] as GraphNode;
  const operation = prepared.graph.operations[node.id];
  switch (stage.root.kind) {
    case 'source': {
      if (operation?.kind !== 'read')
        return { units: [{ name: node.name, unit: { kind: 'whole' } }], rows: undefined, bytes: undefined };
      const shards = await operation.source.split(prepared.sourceContext);
      const units = shards.map((shard): NamedUnit => ({ name: shard.id, unit: { kind: 'shard', shard } }));
      return { units, rows: sum(shards, (shard) => shard.rows), bytes: sum(shards, (shard) => shard.bytes) };
    }
    case 'shuffle': {
      const units = kept.partitions(node.id).map(({ first, last, slices }): NamedUnit => {
        const partitions = first === last ? `partition ${first}` : `partitions ${first} to ${last}`;
        return { name: `${node.name} ${partitions}`, unit: { kind: 'partitions', first, last, partitions: slices } };
      });
      return { units, rows: kept.records('shuffle', node.id), bytes: undefined };
    }
    case 'relay': {
      const units = kept
        .slicesByTask('relay', node.id)
        .map((slices, part): NamedUnit => ({ name: `${stage.name} part ${part}`, unit: { kind: 'relay', slices } }));
      return { units, rows: kept.records('relay', node.id), bytes: undefined };
    }
    case 'fanOut': {
      const unit = fanOuts.consumer(node.id);
      const units = Array.from(
        { length: workers },
        (_, worker): NamedUnit => ({ name: `${node.name} worker ${worker}`, unit }),
      );
      return { units, rows: undefined, bytes: undefined };
    }
  }
}

/** The sum, if every shard knows its part. */
function sum(shards: readonly SourceShard[], of: (shard: SourceShard) => number | undefined): number | undefined {
  let total = 0;
  for (const shard of shards) {
    const part = of(shard);
    if (part === undefined) return undefined;
    total += part;
  }
  return total;
}
