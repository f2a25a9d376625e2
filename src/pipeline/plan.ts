import type { OperationKind, SideInputForm } from './operation.js';

/** How a graph is run: stages, each a tree of fused steps behind one root. Plain data. */
export interface Plan {
  /** In an order in which every stage finds its inputs complete; a fan-out stage may run while the stages before it still feed it. */
  readonly stages: readonly PlannedStage[];
  readonly splits: readonly string[];
}

/**
 * Where a stage's elements come from:
 * - `source`: a read, generate or create; one task a source shard.
 * - `shuffle`: what a shuffle gathered; tasks take partitions.
 * - `fanOut`: batches of elements as they are produced, dealt to all workers.
 * - `relay`: elements of a node that an earlier stage kept, because its followers wait for a side input.
 */
export type StageRootKind = 'source' | 'shuffle' | 'fanOut' | 'relay';

export interface PlannedStage {
  /** Unique in the plan, for progress and messages: `read#0`, `groupByKey#4`, `map#2 again`. */
  readonly name: string;
  /** Everything that a stage of level n needs from side inputs was made in stages of lower levels. */
  readonly level: number;
  readonly root: { readonly kind: StageRootKind; readonly node: number };
  /** The steps after the root, in the order of the graph. */
  readonly steps: readonly PlannedStep[];
  /** Who gets the elements of the root. */
  readonly consumers: readonly Consumer[];
  readonly outputs: readonly StageOutput[];
}

export interface PlannedStep {
  readonly node: number;
  readonly name: string;
  readonly kind: OperationKind;
  readonly consumers: readonly Consumer[];
}

/** Who gets the elements of a node: a step of the same stage, or one of the stage's outputs. */
export type Consumer =
  | { readonly kind: 'step'; readonly node: number }
  | { readonly kind: 'output'; readonly index: number };

export type StageOutput =
  | { readonly kind: 'split'; readonly split: string; readonly from: number }
  /** `input` says which input of the shuffle it is: joins have two. With `combine`, values of a key are merged before they are written. */
  | {
      readonly kind: 'shuffle';
      readonly node: number;
      readonly input: number;
      readonly combine: boolean;
      readonly from: number;
    }
  | { readonly kind: 'sideInput'; readonly node: number; readonly form: SideInputForm; readonly from: number }
  | { readonly kind: 'fanOut'; readonly node: number; readonly from: number }
  | { readonly kind: 'relay'; readonly node: number; readonly from: number };
