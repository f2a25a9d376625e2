export { type EmitScheduleOptions, type ScheduleTarget, scheduleTargets } from './emit/emit-options.js';
export { type EmittedSchedule, emitSchedule, planSchedule } from './emit/emit-schedule.js';
export type { EmittedText } from './emit/emitted-files.js';
export type { ScheduledJob } from './emit/scheduled-jobs.js';
export { type PlanOptions, planRebuild } from './plan/plan-rebuild.js';
export { isToDo, type RebuildPlan, type RebuildStep, type StepAction } from './plan/rebuild-plan.js';
export type { RebuildSelection } from './plan/select.js';
