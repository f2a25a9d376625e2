export { buildGraph, type GraphOptions } from './build-graph.js';
export * from './collection.js';
export { checkSameGraph } from './compare-graphs.js';
export type { PipelineCounter } from './counter.js';
export type { BuildFacts } from './facts.js';
export type { Graph, GraphNode, GraphSignature, GraphSplit } from './graph.js';
export * from './operation.js';
export type { PipelineSideInput } from './side-input.js';
