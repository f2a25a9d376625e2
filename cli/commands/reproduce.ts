import type { FirstDifference, ReproduceReport } from '../../src/build/index.js';
import { showBuildEvent } from '../builds/run-builds.js';
import type { CommandContext, CommandModule, CommandResult } from '../frame/command-module.js';
import { examples } from '../frame/examples.js';
import { exitCodes } from '../frame/exit-code.js';
import { progressDisplay } from '../progress/index.js';
import { partDifferenceText } from '../show/part-difference.js';
import { formatCounted, printable, type Style, type TextOutput, truncate } from '../terminal/index.js';

interface ReproduceFlags {
  readonly twice?: boolean;
  readonly keep?: boolean;
}

/** Files that are named; of a version of a thousand shards the first ones say enough. */
const mostFiles = 5;
const mostValueCharacters = 400;

export const reproduceCommand: CommandModule = {
  define: (command, invoke) => {
    command
      .argument('<reference>', 'published version: product_a:1.2.0, product_a/men:1.*.*, product_a@prod')
      .option('--twice', 'build it two times and compare these as well: is the builder deterministic?')
      .option('--keep', 'leave what was built, and say where')
      .addHelpText(
        'after',
        examples(
          ['reproduce product_a:1.2.0', 'whether this code, here, gives the same bytes'],
          ['reproduce product_a:1.2.0 --twice', 'tell chance from what has changed'],
          ['reproduce product_a@prod --registry gs://our-data/registry --json', 'for scripts: outcome and causes'],
        ),
      )
      .action((reference: string, flags: ReproduceFlags) =>
        invoke((context) => reproduceResult(context, reference, flags)),
      );
  },
};

async function reproduceResult(
  context: CommandContext,
  reference: string,
  flags: ReproduceFlags,
): Promise<CommandResult> {
  const { reproduce } = await import('../../src/build/index.js');
  const { stringifyJson } = await import('../../src/core/json/index.js');
  const config = await context.config();
  const display = progressDisplay(context);
  try {
    const report = await reproduce(reference, {
      config,
      twice: flags.twice,
      keep: flags.keep,
      signal: context.signal,
      onProgress: (event) => showBuildEvent(event, display, context.flags.verbose === true),
    });
    return {
      data: report,
      text: () => reportText(report, context.terminal.out, stringifyJson),
      exitCode: report.outcome === 'different' ? exitCodes.failed : exitCodes.ok,
    };
  } finally {
    display.close();
  }
}

function reportText(report: ReproduceReport, { style }: TextOutput, toText: (value: unknown) => string): string {
  const { difference, causes, twice, git, fromExtracts, kept } = report;
  return [
    `${style.bold(report.reference)} ${verdictText(report, style)}`,
    ...(fromExtracts.length === 0 ? [] : [`  of what the registry keeps of ${fromExtracts.join(', ')}`]),
    ...(difference === undefined ? [] : differenceLines(difference, style, toText)),
    ...(report.outcome === 'same-content' ? fileLines(report) : []),
    ...causes.flatMap(({ text, part }) => [
      `  ${style.yellow('cause')} ${printable(text)}`,
      ...(part?.diff === undefined ? [] : partDifferenceText(part.diff, style)),
    ]),
    ...(twice === undefined ? [] : [`  ${twiceText(twice, style)}`]),
    ...commitLines(git, report.outcome),
    ...kept.map((place) => `  kept in ${place}`),
  ].join('\n');
}

function verdictText(report: ReproduceReport, style: Style): string {
  const files = formatCounted(report.files, 'file');
  switch (report.outcome) {
    case 'same-bytes':
      return `${style.green('same bytes')}: ${files} of data, each with the sha256 that was published`;
    case 'same-content':
      return `${style.green('same content')}, other files: ${report.differingFiles.length} of ${files} of data have other bytes`;
    case 'different':
      return `${style.red('different')}: ${printable(report.because ?? 'the content is another one')}`;
  }
}

function differenceLines(difference: FirstDifference, style: Style, toText: (value: unknown) => string) {
  const { split, change, key, field } = difference;
  const value = (of: unknown) => (of === undefined ? 'nothing' : truncate(printable(toText(of)), mostValueCharacters));
  const where = field === undefined ? '' : `, ${field === '' ? 'the value' : `field ${printable(field)}`}`;
  const what = { added: ' is new', removed: ' is gone', changed: where }[change];
  return [
    `  first difference: ${split}, key ${key}…${what}`,
    ...(change === 'added' ? [] : [style.red(`    - ${value(difference.before)}`)]),
    ...(change === 'removed' ? [] : [style.green(`    + ${value(difference.after)}`)]),
  ];
}

function fileLines({ differingFiles }: ReproduceReport): readonly string[] {
  const more = differingFiles.length - mostFiles;
  return [
    ...differingFiles.slice(0, mostFiles).map(({ path, problem }) => `  ${problem}: ${path}`),
    ...(more > 0 ? [`  and ${formatCounted(more, 'other file')}`] : []),
  ];
}

function twiceText({ outcome }: NonNullable<ReproduceReport['twice']>, style: Style): string {
  return outcome === 'different'
    ? style.red('two builds, one after the other, differ from each other')
    : style.green('two builds, one after the other, are the same');
}

function commitLines({ published, here }: ReproduceReport['git'], outcome: ReproduceReport['outcome']) {
  if (published === undefined || outcome === 'same-bytes') return [];
  const lines: string[] = [];
  if (published.dirty) lines.push(`  it was built from ${published.commit} with files that were not committed`);
  if (published.commit !== here?.commit) {
    const { commit } = published;
    lines.push(
      `  it was built from commit ${commit}; this is ${here === undefined ? 'no checkout' : here.commit}. To build it from that one:`,
      `    git worktree add ../reproduce-${commit.slice(0, 12)} ${commit}`,
    );
  }
  return lines;
}
