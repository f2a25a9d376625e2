import type { BackfillPlan } from '../../src/build/index.js';
import type { CommandContext, CommandResult } from '../frame/command-module.js';
import { reportError } from '../frame/report-error.js';
import { formatCount, formatDuration, renderTable, type TextOutput } from '../terminal/index.js';
import { buildsResult } from './builds-result.js';
import type { BuildOutcome } from './run-builds.js';

/** The outcome of building a range of snapshots: a table, for there may be hundreds. */
export function backfillResult(
  outcomes: readonly BuildOutcome[],
  plans: readonly BackfillPlan[],
  context: CommandContext,
): CommandResult {
  const published = plans.flatMap((plan) => plan.published);
  const removed = plans.flatMap((plan) => plan.removed);
  const { data, exitCode } = buildsResult(outcomes, context);
  return {
    data: { ...(data as object), published, removed },
    text: () => render(outcomes, published.length, removed, context.terminal.out),
    ...(exitCode !== undefined && { exitCode }),
  };
}

function render(
  outcomes: readonly BuildOutcome[],
  published: number,
  removed: readonly string[],
  out: TextOutput,
): string {
  const rows = outcomes.map((outcome) => {
    if ('detached' in outcome) return [outcome.reference, 'submitted', '', ''];
    if ('error' in outcome) return [outcome.reference, out.style.red('failed'), '', reportError(outcome.error).message];
    const { status, splits, seconds } = outcome.result;
    const examples = formatCount(splits.reduce((sum, split) => sum + split.examples, 0));
    return [outcome.reference, status === 'built' ? 'published' : 'was published', examples, formatDuration(seconds)];
  });
  const columns = [
    { title: 'snapshot', dress: out.style.bold },
    { title: 'done' },
    { title: 'examples', align: 'right' },
    { title: '' },
  ] as const;
  const failed = outcomes.filter((outcome) => 'error' in outcome).length;
  const there = published === 0 ? '' : ` ${formatCount(published)} of the range were published before.`;
  const gone = removed.length === 0 ? '' : ` ${formatCount(removed.length)} were removed since: name one to build it.`;
  const summary = outcomes.length === 0 ? 'Nothing to build.' : summaryOf(outcomes.length, failed);
  return [
    ...(rows.length > 0 ? [renderTable(columns, rows, out.width, out.style), ''] : []),
    `${summary}${there}${gone}`,
  ].join('\n');
}

function summaryOf(all: number, failed: number): string {
  if (failed === 0) return `${formatCount(all)} built.`;
  return `${formatCount(all - failed)} built, ${formatCount(failed)} failed: run it again for these.`;
}
