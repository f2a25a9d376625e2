import { internalError } from '../../core/errors/index.js';
import type { GraphSignature, PlannedStage } from '../../pipeline/index.js';
import type { SourceShard } from '../../sources/index.js';
import type { StageUnit } from '../task/task.js';
import type { KeptElements } from './kept-elements.js';

export interface NamedUnit {
  /** For messages. */
  readonly name: string;
  readonly unit: StageUnit;
}

/** What a stage is cut into. */
export interface StageUnits {
  readonly units: readonly NamedUnit[];
  /** Sizes for progress, where known. */
  readonly rows: number | undefined;
  readonly bytes: number | undefined;
}

/** What stages are cut by. */
export interface UnitInputs {
  readonly graph: GraphSignature;
  /** What earlier stages wrote. */
  readonly kept: KeptElements;
  /** The shards of a source that the graph reads. */
  shardsOf(node: number): Promise<readonly SourceShard[]>;
  /** How a fan-out is dealt: the engine's business, and chance. */
  dealOf(node: number): readonly NamedUnit[];
}

/** Cuts a stage into units, when everything that it reads is there. */
export async function stageUnits(stage: PlannedStage, inputs: UnitInputs): Promise<StageUnits> {
  const node = inputs.graph.nodes[stage.root.node];
  if (node === undefined) throw internalError(`the graph has no node ${stage.root.node}`);
  const { kept } = inputs;
  switch (stage.root.kind) {
    case 'source': {
      if (node.kind !== 'read')
        return { units: [{ name: node.name, unit: { kind: 'whole' } }], rows: undefined, bytes: undefined };
      const shards = await inputs.shardsOf(node.id);
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
    case 'fanOut':
      return { units: inputs.dealOf(node.id), rows: undefined, bytes: undefined };
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
