import { join } from 'node:path';
import type { GraphNode, PlannedStage } from '../../pipeline/index.js';
import type { SourceShard } from '../../sources/index.js';
import type { PreparedJob } from '../task/prepared-job.js';
import type { StageTask, StageUnit } from '../task/task.js';
import type { FanOuts } from './fan-outs.js';
import type { KeptElements } from './kept-elements.js';

export interface StageTasks {
  readonly tasks: readonly StageTask[];
  /** Sizes for progress, where known. */
  readonly rows: number | undefined;
  readonly bytes: number | undefined;
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
): Promise<StageTasks> {
  const index = prepared.plan.stages.indexOf(stage);
  const { units, rows, bytes } = await unitsOf(prepared, stage, kept, fanOuts, workers);
  const tasks = units.map(({ name, unit }, number): StageTask => {
    const filePrefix = join(prepared.job.workDirectory, `stage${index}-task${number}`);
    const queues = stage.outputs.flatMap((output, outputIndex) =>
      output.kind === 'fanOut' ? [fanOuts.addProducer(output.node, `${filePrefix}-out${outputIndex}`)] : [],
    );
    return { kind: 'stage', stage: index, name, unit, filePrefix, queues, limits: undefined };
  });
  return { tasks, rows, bytes };
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
        return { name: `${node.name} ${partitions}`, unit: { kind: 'partitions', partitions: slices } };
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
      const consumer = fanOuts.consumer(node.id);
      const units = Array.from(
        { length: workers },
        (_, worker): NamedUnit => ({ name: `${node.name} worker ${worker}`, unit: { kind: 'fanOut', ...consumer } }),
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
