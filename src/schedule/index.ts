export { type PlanOptions, planRebuild } from './plan/plan-rebuild.js';
export { isToDo, type RebuildPlan, type RebuildStep, type StepAction } from './plan/rebuild-plan.js';
export type { RebuildSelection } from './plan/select.js';
