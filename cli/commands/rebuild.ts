import { resolve } from 'node:path';
import type { RebuildPlan, RebuildReport } from '../../src/schedule/index.js';
import { byteSize, list, wholeNumber } from '../flags/parsers.js';
import type { CommandContext, CommandModule, CommandResult } from '../frame/command-module.js';
import { examples } from '../frame/examples.js';
import { type ExitCode, exitCodes } from '../frame/exit-code.js';
import { planText } from '../rebuild/plan-text.js';
import { reportText } from '../rebuild/report-text.js';
import { showRebuild } from '../rebuild/show-rebuild.js';

interface RebuildFlags {
  readonly all?: boolean;
  readonly exclude?: readonly string[];
  readonly changedSince?: string;
  readonly plan?: boolean;
  readonly parallel?: number;
  readonly budget?: number;
  readonly attempts?: number;
  readonly catchUp?: number;
  readonly workers?: number;
  readonly report?: string;
}

export const rebuildCommand: CommandModule = {
  define: (command, invoke) => {
    command
      .argument(
        '[dataset...]',
        'data sets (product_a, product_a/men) or their folders; what they are made from is looked at as well',
      )
      .optionsGroup('What is looked at:')
      .option('--all', 'every data set of the project and of its packages')
      .option('--exclude <names>', 'with --all: all but these (repeat it, or separate them with commas)', list)
      .option(
        '--changed-since <ref>',
        'what is made with files that were changed since this commit, branch or tag, and all that is made from that',
      )
      .option('--catch-up <n>', 'build snapshots that were missed up to n periods ago (default: 7)', wholeNumber(1))
      .optionsGroup('How it runs:')
      .option('--plan', 'say what would be built, why and in which order, and build nothing')
      .option('--parallel <n>', 'builds at once, each with all of its workers (default: 2)', wholeNumber(1))
      .option('--workers <n>', 'worker threads of each build (default: one a processor)', wholeNumber(1))
      .option('--budget <size>', 'begin nothing that could bill more than this in all, for instance "2 TiB"', byteSize)
      .option('--attempts <n>', 'builds of one data set where machines or networks fail (default: 3)', wholeNumber(1))
      .option('--report <file>', 'write what became of each data set as JSON')
      .addHelpText(
        'after',
        examples(
          ['rebuild --all --plan', 'what is stale or due, why, in which order, and what it would bill'],
          ['rebuild --all --budget "2 TiB" --report night.json', 'every night, by a scheduler'],
          ['rebuild product_a', 'one data set, and what it is made from'],
          ['rebuild --changed-since origin/main --plan --json', 'what a pull request touches'],
        ),
      )
      .action((names: readonly string[], flags: RebuildFlags) =>
        invoke((context) => rebuildResult(context, names, flags)),
      );
  },
};

async function rebuildResult(
  context: CommandContext,
  names: readonly string[],
  flags: RebuildFlags,
): Promise<CommandResult> {
  const { planRebuild, rebuild } = await import('../../src/schedule/index.js');
  const { all, exclude, changedSince, catchUp } = flags;
  const config = await context.config(flags.workers === undefined ? {} : { workers: flags.workers });
  const options = {
    ...{ names, config, cwd: context.cwd, now: new Date(), signal: context.signal },
    ...(all !== undefined && { all }),
    ...(exclude !== undefined && { exclude }),
    ...(changedSince !== undefined && { changedSince }),
    ...(catchUp !== undefined && { catchUp }),
  };
  if (flags.plan === true) {
    const plan: RebuildPlan = await planRebuild(options);
    return { data: plan, text: () => planText(plan, context.terminal.out) };
  }
  const show = showRebuild(context);
  const report = await rebuild({
    ...options,
    onEvent: show.onEvent,
    ...(flags.parallel !== undefined && { parallel: flags.parallel }),
    ...(flags.budget !== undefined && { budgetBytes: flags.budget }),
    ...(flags.attempts !== undefined && { retry: { attempts: flags.attempts } }),
  }).finally(show.close);
  if (flags.report !== undefined) await writeReport(resolve(context.cwd, flags.report), report);
  return { data: report, text: () => reportText(report, context.terminal.out), exitCode: exitCodeOf(report) };
}

function exitCodeOf({ exitCode, interrupted }: RebuildReport): ExitCode {
  if (interrupted !== undefined) {
    return interrupted.code === 'PREEMPTED' ? exitCodes.preempted : exitCodes.interrupted;
  }
  if (exitCode === 0) return exitCodes.ok;
  return exitCode === 4 ? exitCodes.allFailed : exitCodes.someFailed;
}

async function writeReport(file: string, report: RebuildReport): Promise<void> {
  const [{ writeFile }, { stringifyJson }, { DatasetsError }] = await Promise.all([
    import('node:fs/promises'),
    import('../../src/core/json/index.js'),
    import('../../src/core/errors/index.js'),
  ]);
  try {
    await writeFile(file, `${stringifyJson(report, 2)}\n`);
  } catch (cause) {
    throw new DatasetsError('STORAGE_FAILED', `the report can't be written to ${file}; the run itself has ended`, {
      hint: 'Name a file in a folder that is there and may be written to. Run it again: what is built stays.',
      cause,
      at: { file },
    });
  }
}
