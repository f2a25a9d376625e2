import type { Json } from '../core/json/index.js';
import type { PipelineCounter } from './counter.js';
import type { BuildFacts } from './facts.js';
import type { Operation, OperationKind } from './operation.js';
import type { PipelineSideInput } from './side-input.js';

/** One step of a pipeline as plain data: what a worker's graph is compared by, and what a plan shows. */
export interface GraphNode {
  /** Its place in the graph: inputs always have smaller ids. */
  readonly id: number;
  readonly kind: OperationKind;
  /** The author's name, or the kind and the id: `map#3`. Unique in the graph. */
  readonly name: string;
  readonly inputs: readonly number[];
  /** Whether its elements are key-value pairs. */
  readonly keyed: boolean;
  readonly options: Json;
  /** sha256 over the source texts of the author's functions, and over the elements of `create`. */
  readonly code: string;
}

export interface GraphSplit {
  readonly name: string;
  readonly node: number;
}

/** What two graphs are compared by. Plain data. */
export interface GraphSignature {
  readonly nodes: readonly GraphNode[];
  readonly splits: readonly GraphSplit[];
  /** sha256 over nodes and splits, lower-case hex. */
  readonly fingerprint: string;
}

/** A builder's pipeline in one process. */
export interface Graph extends GraphSignature {
  /** By node id. */
  readonly operations: readonly Operation[];
  readonly counters: ReadonlyMap<string, PipelineCounter>;
  readonly sideInputs: readonly PipelineSideInput[];
  /** As they were given or, in the submitter, asked. */
  readonly facts: BuildFacts;
}
