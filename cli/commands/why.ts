import type { WhyReport } from '../../src/build/index.js';
import type { PartReport } from '../../src/provenance/index.js';
import type { CommandContext, CommandModule, CommandResult } from '../frame/command-module.js';
import { examples } from '../frame/examples.js';
import { type ExitCode, exitCodes } from '../frame/exit-code.js';
import { partDifferenceText } from '../show/part-difference.js';
import { formatBytes, formatCount, type TextOutput } from '../terminal/index.js';

export const whyCommand: CommandModule = {
  define: (command, invoke) => {
    command
      .argument(
        '<dataset>',
        'data set, as product_a, product_a/men or product_a:1.2.0; without a version the newest of the builder',
      )
      .option('--all-parts', 'list the parts that are the same as well')
      .addHelpText(
        'after',
        examples(
          ['why product_a', 'what has changed since product_a was published'],
          ['why product_a --json', 'for scripts: verdict and parts'],
        ),
      )
      .action((reference: string, flags: { readonly allParts?: boolean }) =>
        invoke((context) => whyResult(context, reference, flags.allParts === true)),
      );
  },
};

const exitCodeOf: Readonly<Record<WhyReport['verdict'], ExitCode>> = {
  nothing: exitCodes.ok,
  build: exitCodes.outdated,
  rebuild: exitCodes.outdated,
  bump: exitCodes.bumpNeeded,
  unknown: exitCodes.unknown,
};

async function whyResult(context: CommandContext, reference: string, showAll: boolean): Promise<CommandResult> {
  const { why } = await import('../../src/build/index.js');
  const { formatReference } = await import('../../src/core/names/index.js');
  const report = await why(reference, { config: await context.config() });
  const name = formatReference({ name: report.dataset, config: report.config, version: report.version });
  return {
    data: report,
    text: () => reportText(name, report, showAll, context.terminal.out),
    exitCode: exitCodeOf[report.verdict],
  };
}

function reportText(name: string, report: WhyReport, showAll: boolean, out: TextOutput): string {
  const shown = report.parts.filter(({ status }) => showAll || status !== 'same');
  const sameCount = report.parts.length - report.parts.filter(({ status }) => status !== 'same').length;
  return [
    `${out.style.bold(name)}: ${verdictText(name, report)}`,
    ...shown.map((part) => partText(part, out)),
    ...report.stale.map(({ why, by }) => `  ${out.style.red('stale')} ${by.join(' reads ')}: ${why}`),
    ...(showAll || sameCount === 0
      ? []
      : [`  ${formatCount(sameCount)} other ${sameCount === 1 ? 'part is' : 'parts are'} the same`]),
  ].join('\n');
}

function verdictText(name: string, { verdict, because, bump, attested, snapshot }: WhyReport): string {
  switch (verdict) {
    case 'nothing':
      return attested
        ? 'nothing to do: what has changed was attested to give the same data.'
        : `nothing to do: ${because}.`;
    case 'build':
      return `build it: ${because}.`;
    case 'rebuild':
      if (snapshot !== undefined) return `a published snapshot stays as it is, but ${because}.`;
      return `rebuild: ${because}. \`build ${name}\` says whether the data is the same.`;
    case 'bump':
      return `raise the version${bump === undefined ? '' : ` (${bump})`}: ${because}.`;
    case 'unknown':
      return `nothing is known to have changed: ${because}.`;
  }
}

function partText(report: PartReport, { style }: TextOutput): string {
  const { part, status, diff } = report;
  const colour = status === 'same' ? style.green : status === 'unknown' ? style.yellow : style.red;
  const line = `  ${colour(status)} ${part}${detailText(report)}`;
  if (diff === undefined) return line;
  return [line, ...partDifferenceText(diff, style)].join('\n');
}

function detailText({
  status,
  diff,
  before,
  after,
  note,
  bytesBefore,
  bytesAfter,
  rowsBefore,
  rowsAfter,
}: PartReport): string {
  const details: string[] = [];
  if (status === 'changed' && diff === undefined) details.push(`${shortened(before)} → ${shortened(after)}`);
  if (bytesBefore !== undefined && bytesAfter !== undefined)
    details.push(`${formatBytes(bytesBefore)} → ${formatBytes(bytesAfter)}`);
  if (rowsBefore !== undefined && rowsAfter !== undefined)
    details.push(`${formatCount(rowsBefore)} → ${formatCount(rowsAfter)} rows`);
  if (note !== undefined) details.push(note);
  return details.length === 0 ? '' : `: ${details.join(', ')}`;
}

/** A digest by its beginning; a version with what npm has checked by the version. */
function shortened(value = ''): string {
  return /^[0-9a-f]{64}$/.test(value) ? value.slice(0, 12) : value.replace(/ sha512-\S+/g, '');
}
