import type { RebuildEvent, RebuildStep, StepOutcome } from '../../src/schedule/index.js';
import { showBuildEvent } from '../builds/run-builds.js';
import type { CommandContext } from '../frame/command-module.js';
import { renderError, reportError } from '../frame/report-error.js';
import { type Log, LoggedProgress, type LogLabels } from '../logs/index.js';
import { severalBuilds } from '../progress/index.js';
import { formatCount, formatCounted, formatDuration } from '../terminal/index.js';
import { statusWords } from './report-text.js';

/** Shows a run while it goes on: a line when a build begins and when it ends, and between them how far it is. */
export function showRebuild(context: CommandContext): {
  readonly onEvent: (event: RebuildEvent) => void;
  readonly close: () => void;
} {
  const display = severalBuilds(context);
  const { style } = context.terminal.notes;
  const note = ({ reference }: RebuildStep, line: string) => display.note(`${style.bold(reference)} ${line}`);
  const isVerbose = context.flags.verbose === true;
  const { log } = context;
  const logs = new Map<string, LoggedProgress>();
  /** Lines of a log say by labels which build they are of. */
  const logged = (step: RebuildStep): LoggedProgress | undefined => {
    if (log === undefined || context.flags.quiet === true) return undefined;
    const known = logs.get(step.reference) ?? new LoggedProgress(log, 'rows', labelsOf(step));
    logs.set(step.reference, known);
    return known;
  };
  const onEvent = (event: RebuildEvent): void => {
    switch (event.type) {
      case 'run-start': {
        const todo = event.plan.steps.filter(({ action }) => action !== 'nothing' && action !== 'unknown').length;
        display.note(`${formatCounted(event.plan.steps.length, 'data set')} looked at, ${todo} to do`);
        break;
      }
      case 'step-start':
        display.start(event.step.reference);
        if (event.attempt === 1) note(event.step, 'begins');
        break;
      case 'step-progress': {
        const { step } = event;
        const own = {
          onProgress: (progress: Parameters<typeof display.onProgress>[1]) =>
            display.onProgress(step.reference, progress),
          note: (line: string) => note(step, line),
          close: () => undefined,
        };
        // Which build it is stands before each of its lines.
        if (event.event.type !== 'build-start') showBuildEvent(event.event, logged(step) ?? own, isVerbose);
        break;
      }
      case 'step-retry':
        note(event.step, `${event.error.message}: tried again in ${formatDuration(event.pauseSeconds)}`);
        break;
      case 'step-end':
        display.end(event.outcome.step.reference);
        if (log !== undefined) logOutcome(log, event.outcome, event.thrown);
        else if (event.thrown === undefined || event.outcome.status === 'not-run') {
          note(event.outcome.step, outcomeText(event.outcome));
        } else {
          note(event.outcome.step, statusWords[event.outcome.status]);
          display.note(renderError(reportError(event.thrown), style, isVerbose));
        }
        break;
      case 'run-end':
        break;
    }
  };
  return { onEvent, close: () => display.close() };
}

function labelsOf({ dataset, config, version }: RebuildStep): LogLabels {
  return { dataset, config, version };
}

function logOutcome(log: Log, outcome: StepOutcome, thrown: unknown): void {
  const { step, status, seconds, attempts, examples: rows } = outcome;
  if (thrown !== undefined && status !== 'not-run') {
    log.error(reportError(thrown), labelsOf(step));
    return;
  }
  const severity = status === 'person' || status === 'skipped' || status === 'not-run' ? 'WARNING' : 'INFO';
  const fields = { status, seconds, attempts, ...(rows !== undefined && { rows }) };
  log.write(severity, `${step.reference} ${outcomeText(outcome)}`, labelsOf(step), fields);
}

function outcomeText({ status, because, examples, attempts, seconds }: StepOutcome): string {
  if (status !== 'published') return `${statusWords[status]}: ${because}`;
  const amount = examples === undefined ? '' : `, ${formatCount(examples)} examples`;
  return `${statusWords[status]} in ${formatDuration(seconds)}${attempts > 1 ? `, ${attempts} attempts` : ''}${amount}`;
}
