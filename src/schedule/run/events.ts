import type { BuildEvent } from '../../build/index.js';
import type { RebuildPlan, RebuildStep } from '../plan/rebuild-plan.js';
import type { StepError } from '../step-error.js';
import type { RebuildReport, StepOutcome } from './rebuild-report.js';

/** A run's life, for displays, logs and notifications. Every step that has something to be done ends with one `step-end`, whether or not it began. */
export type RebuildEvent =
  | { readonly type: 'run-start'; readonly plan: RebuildPlan }
  /** A build begins; `attempt` counts from 1. */
  | { readonly type: 'step-start'; readonly step: RebuildStep; readonly attempt: number }
  | { readonly type: 'step-progress'; readonly step: RebuildStep; readonly event: BuildEvent }
  /** A fault of a machine or a network was met; it is tried again after a pause. */
  | {
      readonly type: 'step-retry';
      readonly step: RebuildStep;
      readonly attempt: number;
      readonly error: StepError;
      readonly pauseSeconds: number;
    }
  /** `thrown`: what the outcome's error was made of, whole, for the eyes of whoever ran it. */
  | { readonly type: 'step-end'; readonly outcome: StepOutcome; readonly thrown?: unknown }
  | { readonly type: 'run-end'; readonly report: RebuildReport };
