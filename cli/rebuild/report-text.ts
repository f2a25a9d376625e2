import type { RebuildReport, StepOutcome, StepStatus } from '../../src/schedule/index.js';
import { formatBytes, formatCount, formatDuration, renderTable, type TextOutput } from '../terminal/index.js';

/** As one says it of a data set. */
export const statusWords: Readonly<Record<StepStatus, string>> = {
  published: 'published',
  attested: 'same data',
  unchanged: 'unchanged',
  elsewhere: 'published by another run',
  nothing: 'nothing to do',
  failed: 'failed',
  person: 'needs a person',
  skipped: 'skipped',
  'not-run': 'not run',
};

/** What a run did, as a table: what was as it should be is counted alone. */
export function reportText(report: RebuildReport, out: TextOutput): string {
  const shown = report.outcomes.filter(({ status }) => status !== 'nothing');
  const columns = [
    { title: 'data set' },
    { title: 'outcome' },
    { title: 'examples', align: 'right' },
    { title: 'time', align: 'right' },
    { title: 'why' },
  ] as const;
  const rows = shown.map((outcome) => [
    outcome.step.reference,
    `${statusWords[outcome.status]}${outcome.attempts > 1 ? `, ${outcome.attempts} attempts` : ''}`,
    outcome.examples === undefined ? '' : formatCount(outcome.examples),
    outcome.attempts === 0 ? '' : formatDuration(outcome.seconds),
    whyText(outcome),
  ]);
  return [
    ...(shown.length === 0 ? [] : [renderTable(columns, rows, out.width, out.style)]),
    summaryText(report, out),
    ...report.warnings.map((warning) => out.style.yellow(warning)),
  ].join('\n');
}

function whyText({ because, hint, movedAliases }: StepOutcome): string {
  const aliases = movedAliases.length === 0 ? '' : `; ${movedAliases.join(', ')} moved to it`;
  return `${because}${aliases}${hint === undefined ? '' : `\n${hint}`}`;
}

function summaryText(
  { counts, bytesBilled, budgetBytes, interrupted, exitCode }: RebuildReport,
  { style }: TextOutput,
) {
  const parts = Object.entries(statusWords).flatMap(([status, word]) => {
    const count = counts[status as StepStatus];
    return count === 0 ? [] : [`${formatCount(count)} ${word}`];
  });
  const budget = budgetBytes === undefined ? '' : ` of ${formatBytes(budgetBytes)}`;
  const billed = bytesBilled === 0 && budgetBytes === undefined ? '' : `; ${formatBytes(bytesBilled)}${budget} billed`;
  const ended = interrupted === undefined ? '' : `; ended before its time: ${interrupted.message}`;
  const text = `${parts.join(', ')}${billed}${ended}`;
  return exitCode === 0 ? style.green(text) : style.red(text);
}
