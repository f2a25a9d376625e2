import { relative, resolve } from 'node:path';
import { Argument, Option } from 'commander';
import { DatasetsError } from '../../src/core/errors/index.js';
import type { EmitScheduleOptions, EmittedSchedule, ScheduleTarget } from '../../src/schedule/index.js';
import { list } from '../flags/parsers.js';
import type { CommandContext, CommandModule, CommandResult } from '../frame/command-module.js';
import { examples } from '../frame/examples.js';
import { exitCodes } from '../frame/exit-code.js';
import { checkText, dryRunText, writtenText } from '../show/emitted-text.js';

interface ScheduleFlags {
  readonly target: ScheduleTarget;
  readonly out?: string;
  readonly image?: string;
  readonly projectFolder?: string;
  readonly secret?: readonly string[];
  readonly namespace?: string;
  readonly serviceAccount?: string;
  readonly workloadIdentityProvider?: string;
  readonly runsOn?: string;
  readonly googleProject?: string;
  readonly region?: string;
  readonly check?: boolean;
  readonly dryRun?: boolean;
  readonly force?: boolean;
}

export const scheduleCommand: CommandModule = {
  define: (command, invoke) => {
    command
      .addArgument(new Argument('<action>', 'what to do').choices(['emit']))
      .addOption(
        new Option('--target <target>', 'who starts the jobs')
          .choices(['cron', 'github-actions', 'kubernetes', 'cloud-workflows'] satisfies ScheduleTarget[])
          .makeOptionMandatory(),
      )
      .option('--out <dir>', 'folder to write to (default: .github/workflows, else deploy/<target>, in the project)')
      .option('--check', 'write nothing; exit code 1 where the folder holds anything but what would be written')
      .option('--dry-run', 'print the files, and write nothing')
      .option('--force', 'write over files that were edited by hand')
      .optionsGroup('What jobs run in:')
      .option('--image <image>', 'the image of the project that `container emit` is about')
      .option('--project-folder <dir>', 'cron: where the project lies on the machine')
      .option(
        '--secret <names>',
        'environment variables that hold secrets (repeat it, or separate them with commas)',
        list,
      )
      .option('--namespace <name>', 'kubernetes: the namespace')
      .option('--service-account <account>', 'who jobs run as: an account of Google Cloud; of kubernetes, its own')
      .option(
        '--workload-identity-provider <name>',
        'github-actions: what takes its tokens: projects/1/locations/global/...',
      )
      .option('--runs-on <label>', 'github-actions: runners of your own')
      .option('--google-project <project>', 'cloud-workflows: the project')
      .option('--region <region>', 'cloud-workflows: where jobs run: europe-west4')
      .addHelpText(
        'after',
        examples(
          [
            'schedule emit --target cron --project-folder /srv/datasets',
            'a crontab, for what the builders of this project declare',
          ],
          [
            'schedule emit --target kubernetes --image europe-docker.pkg.dev/our-project/datasets/worker:4f1c --registry prod',
            'CronJobs that rebuild in the registry prod',
          ],
          [
            'schedule emit --target github-actions --check',
            'for CI: exit code 1 where a schedule was changed, and not emitted',
          ],
        ),
      )
      .action((_action: 'emit', flags: ScheduleFlags) => invoke((context) => emit(context, flags)));
  },
};

async function emit(context: CommandContext, flags: ScheduleFlags): Promise<CommandResult> {
  const { check = false, dryRun = false, force = false } = flags;
  if ([check, dryRun, force].filter(Boolean).length > 1) {
    throw new DatasetsError('USAGE', '--check, --dry-run and --force exclude each other', {
      hint: 'Leave one of them.',
    });
  }
  const { emitSchedule, planSchedule } = await import('../../src/schedule/index.js');
  const config = await context.config();
  const options = optionsOf(context, flags);
  const emitted = check || dryRun ? await planSchedule(config, options) : await emitSchedule(config, options, force);
  return {
    data: emitted,
    text: () => (check ? checkText : dryRun ? dryRunText : emittedText)(emitted, context),
    ...(check && !emitted.upToDate && { exitCode: exitCodes.failed }),
  };
}

function optionsOf({ cwd, flags: { registry } }: CommandContext, flags: ScheduleFlags): EmitScheduleOptions {
  const { target, out, image, projectFolder, secret, namespace, serviceAccount } = flags;
  const { workloadIdentityProvider, runsOn, googleProject, region } = flags;
  return {
    target,
    ...(out !== undefined && { directory: resolve(cwd, out) }),
    ...(registry !== undefined && { registry }),
    ...(image !== undefined && { image }),
    ...(projectFolder !== undefined && { projectFolder }),
    ...(secret !== undefined && { secrets: secret }),
    ...(namespace !== undefined && { namespace }),
    ...(serviceAccount !== undefined && { serviceAccount }),
    ...(workloadIdentityProvider !== undefined && { workloadIdentityProvider }),
    ...(runsOn !== undefined && { runsOn }),
    ...(googleProject !== undefined && { googleProject }),
    ...(region !== undefined && { region }),
  };
}

function emittedText(emitted: EmittedSchedule, context: CommandContext): string {
  const { directory, jobs, next } = emitted;
  const { cwd } = context;
  const { style } = context.terminal.out;
  const shown = (path: string): string => relative(cwd, path) || '.';
  return [
    ...writtenText(emitted, context),
    '',
    ...jobs.map(
      ({ name, schedule, datasets }) => `${name}: ${datasets.join(', ')} at ${schedule.cron}, ${schedule.timezone}`,
    ),
    '',
    style.bold('Next:'),
    ...next.map((line) => `  ${line.replaceAll(directory, shown(directory))}`),
  ].join('\n');
}
