import { relative } from 'node:path';
import { Option } from 'commander';
import type { BumpLevel } from '../../src/core/names/index.js';
import type { BumpOptions, BumpReport } from '../../src/project/index.js';
import { showBuildEvent } from '../builds/run-builds.js';
import type { CommandContext, CommandModule, CommandResult } from '../frame/command-module.js';
import { examples } from '../frame/examples.js';
import { progressDisplay } from '../progress/index.js';
import type { TextOutput } from '../terminal/index.js';

interface BumpFlags {
  readonly note: string;
  readonly dryRun?: boolean;
  readonly level?: BumpLevel | 'auto';
}

export const bumpCommand: CommandModule = {
  define: (command, invoke) => {
    command
      .argument('<dataset>', 'data set, as product_a; or its folder')
      .requiredOption('-m, --note <text>', 'the release note: what changed for readers, in a sentence')
      .optionsGroup('Which version comes next:')
      .addOption(
        levelOption(
          'auto',
          'what the change takes (the default): where code or sources are not as published, builds and compares',
        ),
      )
      .addOption(levelOption('major', 'existing data changes: 1.2.3 becomes 2.0.0'))
      .addOption(levelOption('minor', 'existing data is the same, and there is more of it: 1.2.3 becomes 1.3.0'))
      .addOption(levelOption('patch', 'what readers get is the same: 1.2.3 becomes 1.2.4'))
      .optionsGroup('What is written:')
      .option('--dry-run', 'show the edit, and write nothing')
      .addHelpText(
        'after',
        examples(
          ["bump product_a -m 'Adds the price.'", 'see what the change takes, and edit the builder'],
          ["bump product_a --minor -m 'Adds the price.'", 'edit the builder: 1.2.3 becomes 1.3.0'],
          ["bump product_a --major -m 'Bots are gone.' --dry-run", 'show the edit alone'],
        ),
      )
      .action((name: string, flags: BumpFlags) => invoke((context) => bumpResult(context, name, flags)));
  },
};

const levels = ['auto', 'major', 'minor', 'patch'] as const;

function levelOption(level: (typeof levels)[number], text: string): Option {
  return new Option(`--${level}`, text).implies({ level }).conflicts(levels.filter((other) => other !== level));
}

async function bumpResult(context: CommandContext, name: string, flags: BumpFlags): Promise<CommandResult> {
  const { selectBuilds } = await import('../../src/project/index.js');
  const { parseReference } = await import('../../src/core/names/index.js');
  const selection = { names: [name], all: false, exclude: [], config: undefined };
  const { references, config } = await selectBuilds(selection, await context.config(), context.cwd);
  const [first = name] = references;
  const dataset = first === name ? name : parseReference(first).name;
  const { note, level = 'auto', dryRun = false } = flags;
  const bumped = await bumpShown(dataset, { level, note, dryRun, config, signal: context.signal }, context);
  return { data: bumped, text: () => textOf(bumped, context) };
}

async function bumpShown(dataset: string, options: BumpOptions, context: CommandContext): Promise<BumpReport> {
  const { bumpVersion } = await import('../../src/project/index.js');
  const display = progressDisplay(context);
  const isVerbose = context.flags.verbose === true;
  try {
    return await bumpVersion(dataset, {
      ...options,
      onProgress: (event) => showBuildEvent(event, display, isVerbose),
    });
  } finally {
    display.close();
  }
}

function textOf({ dataset, from, level, because, added }: BumpReport, context: CommandContext): string {
  const reasons = because.map((line) => `  ${line}`);
  if (added === undefined)
    return [`${dataset}: nothing is to be bumped, ${from} stays the newest:`, ...reasons].join('\n');
  const { version, file, line, diff, isWritten } = added;
  const place = `${relative(context.cwd, file)}:${line}`;
  const { out } = context.terminal;
  return isWritten
    ? [
        `${dataset}: ${from} → ${version} (${level}), in ${place}. \`ailab-datasets build ${dataset}\` publishes it.`,
        ...reasons,
      ].join('\n')
    : [
        `${dataset}: ${from} → ${version} (${level}) would change ${place}:`,
        ...diff.split('\n').map((text) => coloured(text, out)),
        ...(reasons.length > 0 ? ['because:', ...reasons] : []),
      ].join('\n');
}

function coloured(line: string, { style }: TextOutput): string {
  if (line.startsWith('-')) return style.red(line);
  return line.startsWith('+') ? style.green(line) : line;
}
