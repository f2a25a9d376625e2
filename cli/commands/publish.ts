import { resolve } from 'node:path';
import type { AdoptReport } from '../../src/adopt/index.js';
import { DatasetsError } from '../../src/core/errors/index.js';
import { formatReference } from '../../src/core/names/index.js';
import type { CommandContext, CommandModule, CommandResult } from '../frame/command-module.js';
import { examples } from '../frame/examples.js';
import { progressDisplay } from '../progress/index.js';
import { formatBytes, formatCount, formatCounted } from '../terminal/index.js';

interface PublishFlags {
  readonly as: string;
  readonly split?: readonly string[];
  readonly description?: string;
  readonly homepage?: string;
  readonly citation?: string;
  readonly license?: string;
  readonly owner?: string;
  readonly fromVersion?: readonly string[];
  readonly dryRun?: boolean;
}

export const publishCommand: CommandModule = {
  define: (command, invoke) => {
    command
      .argument(
        '<dir>',
        'directory that stock tfds or Hugging Face datasets wrote, or that holds Parquet, TFRecord or Arrow files',
      )
      .requiredOption('--as <reference>', 'the version that it becomes: product_c:1.0.0, product_c/men:1.0.0')
      .option(
        '--split <name=glob>',
        'which files make a split, relative to the directory (repeat it); default: by folders and file names',
        (value: string, before: readonly string[] = []) => [...before, value],
      )
      .option(
        '--from-version <reference>',
        'a version in the registry that it was made from, for its lineage: product_b:1.2.0 (repeat it)',
        (value: string, before: readonly string[] = []) => [...before, value],
      )
      .option('--description <text>', 'what it is, for its card')
      .option('--homepage <url>', 'where more is said about it')
      .option('--citation <text>', 'how it is cited')
      .option('--license <text>', 'under which terms it may be used')
      .option('--owner <who>', 'who answers for it')
      .option('--dry-run', 'say what would be published, and publish nothing')
      .addHelpText(
        'after',
        examples(
          ['publish ~/tensorflow_datasets/my_set/1.0.0 --as my_set:1.0.0', 'what stock tfds prepared'],
          ['publish out/sessions --as sessions:1.0.0 --dry-run', 'what Spark wrote, to see what it would be'],
          [
            "publish out --as sessions:1.0.0 --split 'train=2025-*/*.parquet' --split 'test=2026-*/*.parquet'",
            'splits by patterns',
          ],
        ),
      )
      .action((directory: string, flags: PublishFlags) => invoke((context) => publish(context, directory, flags)));
  },
};

async function publish(context: CommandContext, directory: string, flags: PublishFlags): Promise<CommandResult> {
  const [{ adoptDirectory }, { stagingDirectory }] = await Promise.all([
    import('../../src/adopt/index.js'),
    import('../../src/build/index.js'),
  ]);
  const config = await context.config();
  const display = progressDisplay(context);
  try {
    const report = await adoptDirectory(resolve(context.cwd, directory), flags.as, {
      registry: config.registry,
      workDirectory: stagingDirectory(config),
      splits: flags.split && splitsOf(flags.split),
      about: aboutOf(flags),
      madeFrom: flags.fromVersion,
      dryRun: flags.dryRun,
      signal: context.signal,
      onProgress: (event) => display.onProgress(event),
    });
    return { data: report, text: () => render(report) };
  } finally {
    display.close();
  }
}

function splitsOf(flags: readonly string[]): Readonly<Record<string, readonly string[]>> {
  const splits = new Map<string, readonly string[]>();
  for (const flag of flags) {
    const equals = flag.indexOf('=');
    const [name, glob] = equals < 0 ? [flag, '**'] : [flag.slice(0, equals), flag.slice(equals + 1)];
    if (name === '' || glob === '') {
      throw new DatasetsError('USAGE', `--split ${flag} names no split or no files`, {
        hint: "For example: --split 'train=2025-*/*.parquet'.",
      });
    }
    splits.set(name, [...(splits.get(name) ?? []), glob]);
  }
  return Object.fromEntries(splits);
}

function aboutOf({ description, homepage, citation, license, owner }: PublishFlags) {
  return {
    ...(description !== undefined && { description }),
    ...(homepage !== undefined && { homepage }),
    ...(citation !== undefined && { citation }),
    ...(license !== undefined && { license }),
    ...(owner !== undefined && { owner }),
  };
}

const outcomes: Readonly<Record<AdoptReport['status'], string>> = {
  published: 'published',
  exists: 'was published before from the same files',
  'dry-run': 'would be published',
};
const mostLeftOut = 5;

function render({ status, dataset, config, version, directory, splits, leftOut }: AdoptReport): string {
  const rest = leftOut.length > mostLeftOut ? `, and ${formatCount(leftOut.length - mostLeftOut)} more` : '';
  return [
    `${formatReference({ name: dataset, config, version })} ${outcomes[status]}: ${directory}`,
    ...splits.map(
      (split) =>
        `  ${split.name}: ${formatCounted(split.examples, 'example')}, ${formatCounted(split.shards, 'shard')}, ${formatBytes(split.bytes)}`,
    ),
    ...(leftOut.length > 0 ? [`  left out: ${leftOut.slice(0, mostLeftOut).join(', ')}${rest}`] : []),
  ].join('\n');
}
