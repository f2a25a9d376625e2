import type { Plan, PlannedStage } from '../../pipeline/index.js';

/** Whether a stage writes elements that another one reads. */
export function feeds(stage: PlannedStage, reader: PlannedStage): boolean {
  const { kind, node } = reader.root;
  return stage.outputs.some((output) => output.kind === kind && 'node' in output && output.node === node);
}

/** The side inputs that a stage writes elements for, by their nodes. */
export function sideInputsFrom(stage: PlannedStage): readonly number[] {
  return stage.outputs.flatMap((output) => (output.kind === 'sideInput' ? [output.node] : []));
}

/** All side inputs of a plan in the order of its stages. */
export function sideInputsOf(plan: Plan): readonly number[] {
  return [...new Set(plan.stages.flatMap(sideInputsFrom))];
}

/** The side inputs that are there before a stage begins: all that stages of lower levels write for. */
export function sideInputsBefore(plan: Plan, stage: PlannedStage): readonly number[] {
  const earlier = plan.stages.filter(({ level }) => level < stage.level);
  return [...new Set(earlier.flatMap(sideInputsFrom))];
}
