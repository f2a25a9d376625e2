import { resolve } from 'node:path';
import { Argument, Option } from 'commander';
import { DatasetsError } from '../../src/core/errors/index.js';
import type { EmitPipelineOptions, EmittedPipeline, PipelineTarget } from '../../src/schedule/index.js';
import { list, wholeNumber } from '../flags/parsers.js';
import type { CommandContext, CommandModule, CommandResult } from '../frame/command-module.js';
import { examples } from '../frame/examples.js';
import { exitCodes } from '../frame/exit-code.js';
import { checkText, dryRunText, writtenText } from '../show/emitted-text.js';

interface CiFlags extends Partial<Omit<EmitPipelineOptions, 'target' | 'directory' | 'secrets' | 'sampleExamples'>> {
  readonly base?: string;
  readonly markdown?: boolean;
  readonly samples?: number;
  readonly target?: PipelineTarget;
  readonly out?: string;
  readonly secret?: readonly string[];
  readonly check?: boolean;
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly reason?: string;
}

type Action = 'plan' | 'pin' | 'emit';

export const ciCommand: CommandModule = {
  define: (command, invoke) => {
    command
      .addArgument(new Argument('<action>', 'what to do').choices(['plan', 'pin', 'emit'] satisfies Action[]))
      .optionsGroup('plan: say what a pull request changes')
      .option('--base <ref>', 'the commit, branch or tag that it came from: origin/main')
      .option('--markdown', 'print it as a comment for the pull request')
      .option(
        '--samples <n>',
        'build the first n examples of each split, and compare them (emit: default 100)',
        wholeNumber(1),
      )
      .optionsGroup('pin: set the alias default of data sets that have none to what their names mean now')
      .option('-m, --reason <text>', 'for the history of the aliases')
      .optionsGroup('emit: write the merge pipeline')
      .addOption(
        new Option('--target <target>', 'who runs it').choices([
          'github-actions',
          'cloud-build',
        ] satisfies PipelineTarget[]),
      )
      .option('--out <dir>', 'folder to write to (default: .github/workflows, or deploy/cloud-build, in the project)')
      .option('--check', 'write nothing; exit code 1 where the folder holds anything but what would be written')
      .option('--dry-run', 'print the files, and write nothing')
      .option('--force', 'write over files that were edited by hand')
      .option('--develop-branch <branch>', 'publishes to the registry for trials (default: develop)')
      .option('--main-branch <branch>', 'publishes to the registry that counts (default: main)')
      .option('--dev-registry <registry>', 'the registry for trials (default: dev)')
      .option('--prod-registry <registry>', 'the registry that counts (default: prod)')
      .option('--image <image>', 'build the image of `container emit`, and push it there, without a tag')
      .option(
        '--secret <names>',
        'environment variables that hold secrets (repeat it, or separate them with commas)',
        list,
      )
      .option(
        '--workload-identity-provider <name>',
        'who takes tokens of GitHub at Google Cloud: projects/1/locations/global/...',
      )
      .option('--service-account <account>', 'the account of Google Cloud that publishes')
      .option('--reader-account <account>', 'the account of Google Cloud of pull requests, which only reads')
      .option('--runs-on <label>', 'github-actions: runners of your own')
      .addHelpText(
        'after',
        examples(
          [
            'ci plan --base origin/main --registry prod --samples 100',
            'what this branch changes; exit code 11: a version has to be raised',
          ],
          ['ci pin --registry prod', 'before publishing: nobody who names no version reads a new one'],
          ['ci emit --target github-actions', 'the workflow that does both, on pull requests and merges'],
        ),
      )
      .action((action: Action, flags: CiFlags) =>
        invoke((context) => {
          if (action === 'plan') return plan(context, flags);
          return action === 'pin' ? pin(context, flags) : emit(context, flags);
        }),
      );
  },
};

async function plan(context: CommandContext, { base, samples, markdown = false }: CiFlags): Promise<CommandResult> {
  if (base === undefined) {
    throw new DatasetsError('USAGE', 'ci plan needs to know what the change is compared with', {
      hint: 'ailab-datasets ci plan --base origin/main',
    });
  }
  const { changeMarkdown, planChanges } = await import('../../src/schedule/index.js');
  const changes = await planChanges({
    base,
    config: await context.config(),
    now: new Date(),
    cwd: context.cwd,
    signal: context.signal,
    ...(samples !== undefined && { sampleExamples: samples }),
  });
  return {
    data: markdown ? undefined : changes,
    text: () => changeMarkdown(changes).trimEnd(),
    exitCode: { fine: exitCodes.ok, bump: exitCodes.bumpNeeded, failed: exitCodes.failed }[changes.verdict],
  };
}

async function pin(context: CommandContext, { reason }: CiFlags): Promise<CommandResult> {
  const { pinDefaults } = await import('../../src/schedule/index.js');
  const config = await context.config();
  const pinned = await pinDefaults({ config, ...(reason !== undefined && { reason }) });
  const lines = pinned.map(
    ({ dataset, reference }) => `${dataset} goes on to mean ${reference}: ${dataset}@default stands for it.`,
  );
  return {
    data: { registry: config.registry, pinned },
    text: () => lines.join('\n') || 'Every data set that has versions has its alias default.',
  };
}

async function emit(context: CommandContext, flags: CiFlags): Promise<CommandResult> {
  const { target, check = false, dryRun = false, force = false } = flags;
  if (target === undefined) {
    throw new DatasetsError('USAGE', 'ci emit needs to know who runs the pipeline', {
      hint: 'ailab-datasets ci emit --target github-actions',
    });
  }
  if ([check, dryRun, force].filter(Boolean).length > 1) {
    throw new DatasetsError('USAGE', '--check, --dry-run and --force exclude each other', {
      hint: 'Leave one of them.',
    });
  }
  const { emitPipeline, planPipeline } = await import('../../src/schedule/index.js');
  const config = await context.config();
  const options = optionsOf(context, target, flags);
  const emitted = check || dryRun ? await planPipeline(config, options) : await emitPipeline(config, options, force);
  return {
    data: emitted,
    text: () => emittedText(emitted, context, check, dryRun),
    ...(check && !emitted.upToDate && { exitCode: exitCodes.failed }),
  };
}

function emittedText(emitted: EmittedPipeline, context: CommandContext, check: boolean, dryRun: boolean): string {
  if (check) return checkText(emitted, context);
  if (dryRun) return dryRunText(emitted, context);
  const { style } = context.terminal.out;
  return [...writtenText(emitted, context), '', style.bold('Next:'), ...emitted.next.map((line) => `  ${line}`)].join(
    '\n',
  );
}

function optionsOf({ cwd }: CommandContext, target: PipelineTarget, flags: CiFlags): EmitPipelineOptions {
  const { out, samples, secret, base, markdown, check, dryRun, force, reason, target: _, ...others } = flags;
  return {
    ...others,
    target,
    ...(out !== undefined && { directory: resolve(cwd, out) }),
    ...(samples !== undefined && { sampleExamples: samples }),
    ...(secret !== undefined && { secrets: secret }),
  };
}
