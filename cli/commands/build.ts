import { Option } from 'commander';
import type { BackfillPlan, BuildOptions, IfExists } from '../../src/build/index.js';
import {
  type ConfiguredFormat,
  type DatasetsConfig,
  outputFormats,
  type RunnerName,
  runnerNames,
  type WarehouseName,
  warehouseNames,
} from '../../src/core/config/index.js';
import { DatasetsError } from '../../src/core/errors/index.js';
import type { BuildPlan, SelectedBuilds } from '../../src/project/index.js';
import { backfillResult } from '../builds/backfill-result.js';
import { buildsResult, plansResult } from '../builds/builds-result.js';
import { downloadsResult } from '../builds/downloads-result.js';
import { runBuilds } from '../builds/run-builds.js';
import { runDownloads } from '../builds/run-downloads.js';
import { addBeamFlags, type BeamFlags, beamSettings, checkBeamFlags } from '../flags/beam-flags.js';
import {
  addDataflowFlags,
  checkDataflowFlags,
  type DataflowFlags,
  dataflowSettings,
  type SubmissionFlags,
} from '../flags/dataflow-flags.js';
import { byteSize, list, wholeNumber } from '../flags/parsers.js';
import type { CommandContext, CommandModule, CommandResult } from '../frame/command-module.js';
import { examples } from '../frame/examples.js';

interface BuildFlags extends BeamFlags, DataflowFlags, SubmissionFlags {
  readonly all?: boolean;
  readonly exclude?: readonly string[];
  readonly config?: string;
  readonly overwrite?: boolean;
  readonly restart?: boolean;
  readonly accept?: string;
  readonly failIfExists?: boolean;
  readonly skipIfPublished?: boolean;
  readonly snapshot?: string;
  readonly from?: string;
  readonly to?: string;
  readonly maxExamplesPerSplit?: number;
  readonly fileFormat?: readonly ConfiguredFormat[];
  readonly numShards?: number;
  readonly maxShardSize?: number;
  readonly manualDir?: string;
  readonly runner?: RunnerName;
  readonly warehouse?: WarehouseName;
  readonly workers?: number;
  readonly buffer?: number;
  readonly dryRun?: boolean;
  readonly fromExtract?: string;
  readonly downloadOnly?: boolean;
  readonly registerChecksums?: boolean;
}

export const buildCommand: CommandModule = {
  define: (command, invoke) => {
    command
      .argument(
        '[dataset...]',
        'data sets (product_a, product_a/men, product_a:1.2.0) or their folders; none: the one in this folder',
      )
      .optionsGroup('What is built:')
      .option('--all', 'every data set that the configuration reaches')
      .option('--exclude <names>', 'with --all: all but these (repeat it, or separate them with commas)', list)
      .option('--config <name>', 'this config alone; without it, all configs of a data set are built')
      .option('--snapshot <name>', 'of data that grows: this snapshot (20261121), or newest: the newest that is over')
      .option('--from <snapshot>', 'every snapshot from this one on that is not published, oldest first')
      .option('--to <snapshot>', 'with --from: up to this one (default: the newest that is over)')
      .option('--max-examples-per-split <n>', 'a sample: only the first n examples of each split', wholeNumber(1))
      .option('--manual-dir <dir>', 'folder of files that had to be fetched by hand')
      .option(
        '--from-extract <registry>',
        'read what the queries of this version gave, as a registry has kept it, and run none (a directory, gs://bucket/path or a configured name)',
      )
      .optionsGroup('What is downloaded:')
      .option('--download-only', 'fetch what the data sets download, and build nothing')
      .option('--register-checksums', 'write what their URLs contain now into checksums.tsv beside the builder')
      .optionsGroup('Where the version exists already (default: see whether a build would give the same):')
      .option('--skip-if-published', 'leave it as it is, without a look at what has changed since')
      .option('--fail-if-exists', 'fail, with exit code 4')
      .option('--overwrite', 'replace it (for a registry of your own: published versions never change)')
      .optionsGroup('Where its data is not what is expected (default: it is kept aside, and nothing is published):')
      .option('--accept <reason>', 'publish what was refused before all the same, and why: for one data set')
      .optionsGroup('What is written:')
      .addOption(
        new Option(
          '--file-format <formats>',
          `formats: ${outputFormats.join(', ')} (repeat it, or separate them with commas; default: tfrecord and arrow)`,
        ).argParser(list),
      )
      .option('--num-shards <n>', 'exactly n shards a split', wholeNumber(1))
      .option(
        '--max-shard-size <size>',
        "no shard file larger than this, for instance 256MiB (default: tfds' rule)",
        byteSize,
      )
      .optionsGroup('How it runs:')
      .addOption(
        new Option(
          '--runner <name>',
          'threads; inline: this thread alone, to debug; beam: a runner of Apache Beam; dataflow: Google Cloud Dataflow',
        ).choices(runnerNames),
      )
      .addOption(new Option('--warehouse <name>', 'where SQL sources run').choices(warehouseNames))
      .option(
        '--workers <n>',
        'worker threads, of each worker process in loopback (default: one a processor)',
        wholeNumber(1),
      )
      .option('--buffer <size>', "each worker's buffer (default: 16MiB)", byteSize)
      .option('--restart', 'start clean, also where a build was stopped that could be gone on with')
      .option('--dry-run', 'say what would be built, and build nothing');
    addBeamFlags(command);
    addDataflowFlags(command);
    command
      .addHelpText(
        'after',
        examples(
          ['build mnist', 'build and publish the newest version'],
          ['build product_a --config men', 'one config of three'],
          ['build product_a --snapshot newest', 'what a scheduler builds each night of data that grows'],
          ['build product_a --from 20261101 --to 20261120', 'the snapshots of a range that are not published'],
          ['build product_a:1.0.0', 'an older version that the code still supports'],
          ['build product_a:1.0.0 --from-extract prod', 'the same bytes, also when its tables are others now'],
          ['build product_c --register-checksums --download-only', 'fetch its files, and write checksums.tsv'],
          ['build product_a --accept "the shop was closed"', 'publish what was refused, after a look at it'],
          ['build --all --exclude product_b', 'everything else'],
          ['build mnist --max-examples-per-split 100 --registry /tmp/try', 'try a builder on a sample'],
          ['build product_b --file-format tfrecord --max-shard-size 256MiB', 'choose what is written'],
          ['build product_b --runner beam --job-endpoint localhost:8073', 'on a Prism of this machine'],
          ['build product_b --runner dataflow --max-workers 50 --no-wait', 'on Dataflow, as the configuration says'],
        ),
      )
      .action((names: readonly string[], flags: BuildFlags) => invoke((context) => build(context, names, flags)));
  },
};

async function build(context: CommandContext, names: readonly string[], flags: BuildFlags): Promise<CommandResult> {
  const { planBuild, selectBuilds } = await import('../../src/project/index.js');
  const ifExists = whatIfExists(flags);
  const selection = { names, all: flags.all === true, exclude: flags.exclude ?? [], config: flags.config };
  const config = await context.config(settings(flags));
  checkBeamFlags(flags, config);
  checkDataflowFlags(flags, config);
  const selected = await withRange(await selectBuilds(selection, config, context.cwd), flags);
  const options: BuildOptions = {
    config: selected.config,
    ifExists,
    signal: context.signal,
    restart: flags.restart === true,
    ...(flags.fromExtract !== undefined && { fromExtract: flags.fromExtract }),
    ...(flags.accept !== undefined && { accept: acceptedReason(flags.accept, flags, selected.references) }),
    ...submission(flags),
    ...(flags.snapshot !== undefined && { snapshot: flags.snapshot }),
    ...(flags.numShards !== undefined && { numShards: flags.numShards }),
    ...(flags.maxExamplesPerSplit !== undefined && { maxExamplesPerSplit: flags.maxExamplesPerSplit }),
  };
  if (flags.dryRun === true) {
    const now = new Date();
    const plans: BuildPlan[] = [];
    for (const reference of selected.references)
      plans.push(await planBuild(reference, selected.config, now, flags.snapshot));
    return plansResult(plans, context.terminal.out);
  }
  if (flags.downloadOnly === true || flags.registerChecksums === true) {
    const register = flags.registerChecksums === true;
    const { snapshot } = flags;
    const what = { config: selected.config, register, ...(snapshot !== undefined && { snapshot }) };
    const fetched = await runDownloads(selected.references, what, context);
    if (flags.downloadOnly === true) return downloadsResult(fetched, context.terminal.out);
  }
  const outcomes = await runBuilds(selected.references, options, context);
  return selected.plans === undefined
    ? buildsResult(outcomes, context)
    : backfillResult(outcomes, selected.plans, context);
}

/** In place of the names, what of the range is to be built. */
async function withRange(selected: SelectedBuilds, { from, to, snapshot }: BuildFlags): Promise<RangedBuilds> {
  if (from === undefined) {
    if (to !== undefined) throw usage('--to goes with --from', 'Say where the range begins.');
    return selected;
  }
  if (snapshot !== undefined) throw usage('--snapshot names one, --from a range', 'Leave out one of them.');
  const { planBackfill } = await import('../../src/build/index.js');
  const { config } = selected;
  const plans = await Promise.all(selected.references.map((name) => planBackfill(name, { from, to, config })));
  return { config, references: plans.flatMap(({ missing }) => missing), plans };
}

interface RangedBuilds extends SelectedBuilds {
  readonly plans?: readonly BackfillPlan[];
}

function usage(message: string, hint: string): DatasetsError {
  return new DatasetsError('USAGE', message, { hint });
}

/** A reason is one for what somebody has looked at: one build. */
function acceptedReason(reason: string, flags: BuildFlags, references: readonly string[]): string {
  const usage = (message: string, hint: string) => new DatasetsError('USAGE', message, { hint });
  const [only, ...others] = references;
  if (others.length > 0) {
    throw usage(
      `--accept takes one data set, and these are ${references.length}: ${references.slice(0, 6).join(', ')}${references.length > 6 ? ', ...' : ''}`,
      `Name the one that you have looked at: ailab-datasets build ${only} --accept "..."`,
    );
  }
  if (flags.maxExamplesPerSplit !== undefined) {
    throw usage('--accept is not for samples, of which nothing is kept', 'Leave out --max-examples-per-split.');
  }
  if (reason.trim() === '')
    throw usage('--accept has no reason', 'Say why the data is right: it stands in the version for ever.');
  return reason.trim();
}

function submission({ wait, templateLocation }: SubmissionFlags): Pick<BuildOptions, 'submission'> {
  if (wait !== false && templateLocation === undefined) return {};
  return { submission: { detach: wait === false, ...(templateLocation !== undefined && { templateLocation }) } };
}

function whatIfExists(flags: BuildFlags): IfExists {
  const chosen = [
    flags.overwrite === true ? '--overwrite' : '',
    flags.failIfExists === true ? '--fail-if-exists' : '',
    flags.skipIfPublished === true ? '--skip-if-published' : '',
  ].filter((flag) => flag !== '');
  if (chosen.length > 1) {
    throw new DatasetsError('USAGE', `${chosen.join(' and ')} contradict each other`, { hint: 'Keep one of them.' });
  }
  if (flags.overwrite === true) return 'overwrite';
  if (flags.failIfExists === true) return 'fail';
  return flags.skipIfPublished === true ? 'skip' : 'check';
}

/** Flags that are settings: they win over the environment and the configuration file. */
function settings(flags: BuildFlags): DatasetsConfig {
  return {
    ...(flags.fileFormat !== undefined && { formats: flags.fileFormat }),
    ...(flags.maxShardSize !== undefined && { maxShardBytes: flags.maxShardSize }),
    ...(flags.manualDir !== undefined && { manualDirectory: flags.manualDir }),
    ...(flags.runner !== undefined && { runner: flags.runner }),
    ...beamSettings(flags),
    ...dataflowSettings(flags),
    ...(flags.warehouse !== undefined && { warehouse: flags.warehouse }),
    ...(flags.workers !== undefined && { workers: flags.workers }),
    ...(flags.buffer !== undefined && { bufferBytes: flags.buffer }),
  };
}
