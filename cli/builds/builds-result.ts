import type { BuildResult } from '../../src/build/index.js';
import { formatReference } from '../../src/core/names/index.js';
import type { BuildPlan } from '../../src/project/index.js';
import type { CommandContext, CommandResult } from '../frame/command-module.js';
import { exitCodes } from '../frame/exit-code.js';
import { type ErrorReport, errorData, reportError } from '../frame/report-error.js';
import {
  formatBytes,
  formatCount,
  formatCounted,
  formatDuration,
  printable,
  renderTable,
  type Terminal,
  type TextOutput,
} from '../terminal/index.js';
import type { BuildOutcome } from './run-builds.js';

/** The outcome of a build command: what was built, what was there, what failed. */
export function buildsResult(outcomes: readonly BuildOutcome[], context: CommandContext): CommandResult {
  const reports = outcomes.flatMap((outcome) => ('error' in outcome ? [reportError(outcome.error)] : []));
  const verbose = context.flags.verbose === true;
  return {
    data: { builds: outcomes.map((outcome) => outcomeData(outcome, verbose)) },
    text: () => outcomes.map((outcome) => outcomeText(outcome, context.terminal)).join('\n\n'),
    exitCode: reports[0]?.exitCode ?? exitCodes.ok,
  };
}

function outcomeData(outcome: BuildOutcome, verbose: boolean): unknown {
  if ('result' in outcome) return outcome.result;
  if ('detached' in outcome) {
    const { jobId: job = null, url = null } = outcome.detached;
    return { status: 'submitted', reference: outcome.reference, job, url };
  }
  return { status: 'failed', reference: outcome.reference, ...errorFields(reportError(outcome.error), verbose) };
}

function errorFields(report: ErrorReport, verbose: boolean): object {
  return errorData(report, verbose) as object;
}

function outcomeText(outcome: BuildOutcome, { out }: Terminal): string {
  if ('result' in outcome) return resultText(outcome.result, out);
  if ('detached' in outcome) {
    const { message, hint } = outcome.detached;
    return [`${out.style.bold(outcome.reference)} ${message}`, ...(hint === undefined ? [] : [hint])].join('\n');
  }
  // The whole error was printed when it happened.
  return `${out.style.bold(outcome.reference)} ${out.style.red('failed')}: ${reportError(outcome.error).message}`;
}

function statusText({ status, seconds }: BuildResult, { style }: TextOutput): string {
  switch (status) {
    case 'built':
      return `${style.green('published')} in ${formatDuration(seconds)}`;
    case 'attested':
      return `${style.green('attested')} in ${formatDuration(seconds)}: what it is made with has changed, and gives the same data; nothing to publish`;
    case 'exists':
      return style.yellow('was published before; nothing to do');
  }
}

/** The summary of one build: splits as a table, then where it lies and how long it took. */
function resultText(result: BuildResult, out: TextOutput): string {
  const name = formatReference({ name: result.dataset, config: result.config, version: result.version });
  const total = (pick: (split: BuildResult['splits'][number]) => number): number =>
    result.splits.reduce((sum, split) => sum + pick(split), 0);
  const rows = result.splits.map((split) => [
    split.name,
    formatCount(split.examples),
    formatCount(split.shards),
    formatBytes(split.bytes),
  ]);
  if (result.splits.length > 1) {
    rows.push([
      'total',
      formatCount(total((split) => split.examples)),
      formatCount(total((split) => split.shards)),
      formatBytes(total((split) => split.bytes)),
    ]);
  }
  const columns = [
    { title: 'split' },
    { title: 'examples', align: 'right' },
    { title: 'shards', align: 'right' },
    { title: 'size', align: 'right' },
  ] as const;
  const warnings = (result.warnings ?? []).map((warning) => out.style.yellow(warning));
  const counters = Object.entries(result.counters).map(([counter, count]) => `  ${counter}: ${formatCount(count)}`);
  return [
    `${out.style.bold(name)} ${statusText(result, out)}`,
    ...warnings,
    ...acceptedText(result),
    ...(result.movedAlias === undefined ? [] : [`${result.dataset}@${result.movedAlias.name} stands for it now`]),
    renderTable(columns, rows, out.width, out.style),
    ...(result.fromExtracts === undefined ? [] : [`from the extract of ${result.fromExtracts.join(', ')}`]),
    ...(result.units.reused > 0 ? [unitsText(result.units)] : []),
    ...(counters.length > 0 ? ['counters:', ...counters] : []),
    result.directory,
  ].join('\n');
}

function acceptedText({ accepted }: BuildResult): readonly string[] {
  if (accepted === undefined) return [];
  return [
    `accepted: ${printable(accepted.reason)}`,
    ...accepted.findings.map(({ message }) => `- ${printable(message)}`),
  ];
}

function unitsText({ reused, run, redone }: BuildResult['units']): string {
  const again = redone === 0 ? '' : `, ${formatCount(redone)} of them for the second time`;
  return `went on from an earlier build: ${formatCount(reused)} units of work were there, ${formatCount(run)} were done${again}`;
}

/** What `--dry-run` prints. */
export function plansResult(plans: readonly BuildPlan[], out: TextOutput): CommandResult {
  return { data: { plans }, text: () => plans.map((plan) => planText(plan, out)).join('\n\n') };
}

function planText(plan: BuildPlan, out: TextOutput): string {
  const name = formatReference({ name: plan.dataset, config: plan.config, version: plan.version });
  const state = plan.exists ? out.style.yellow('is published already') : 'would be built';
  const rows = [
    ['splits', plan.splits.join(', ')],
    ['formats', plan.formats.join(', ')],
    ['runner', plan.runner === 'threads' ? `threads, ${formatCounted(plan.workers, 'worker')}` : plan.runner],
    ['directory', plan.directory],
  ];
  const facts = renderTable([{ title: '', dress: out.style.dim }, { title: '' }], rows, out.width, out.style);
  return `${out.style.bold(name)} ${state}\n${facts}\n\n${plan.stages}`;
}
