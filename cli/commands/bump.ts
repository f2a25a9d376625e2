import { relative } from 'node:path';
import { Option } from 'commander';
import { DatasetsError } from '../../src/core/errors/index.js';
import type { BumpLevel } from '../../src/core/names/index.js';
import type { BumpedVersion } from '../../src/project/index.js';
import type { CommandContext, CommandModule, CommandResult } from '../frame/command-module.js';
import { examples } from '../frame/examples.js';
import type { TextOutput } from '../terminal/index.js';

interface BumpFlags {
  readonly note: string;
  readonly dryRun?: boolean;
  readonly level?: BumpLevel;
}

export const bumpCommand: CommandModule = {
  define: (command, invoke) => {
    command
      .argument('<dataset>', 'data set, as product_a; or its folder')
      .requiredOption('-m, --note <text>', 'the release note: what changed for readers, in a sentence')
      .addOption(levelOption('major', 'existing data changes: 1.2.3 becomes 2.0.0'))
      .addOption(levelOption('minor', 'existing data is the same, and features are added: 1.2.3 becomes 1.3.0'))
      .addOption(levelOption('patch', 'what readers get is the same: 1.2.3 becomes 1.2.4'))
      .option('--dry-run', 'show the edit, and write nothing')
      .addHelpText(
        'after',
        examples(
          ["bump product_a --minor -m 'Adds the price.'", 'edit the builder: 1.2.3 becomes 1.3.0'],
          ["bump product_a --major -m 'Bots are gone.' --dry-run", 'show the edit alone'],
        ),
      )
      .action((name: string, flags: BumpFlags) => invoke((context) => bumpResult(context, name, flags)));
  },
};

function levelOption(level: BumpLevel, text: string): Option {
  const others = ['major', 'minor', 'patch'].filter((other) => other !== level);
  return new Option(`--${level}`, text).implies({ level }).conflicts(others);
}

async function bumpResult(context: CommandContext, name: string, flags: BumpFlags): Promise<CommandResult> {
  const { level } = flags;
  if (level === undefined) {
    throw new DatasetsError('USAGE', 'nothing says which version comes next', {
      hint: 'Add --major, --minor or --patch.',
    });
  }
  const { bumpVersion, selectBuilds } = await import('../../src/project/index.js');
  const { parseReference } = await import('../../src/core/names/index.js');
  const selection = { names: [name], all: false, exclude: [], config: undefined };
  const { references, config } = await selectBuilds(selection, await context.config(), context.cwd);
  const [first = name] = references;
  const dataset = first === name ? name : parseReference(first).name;
  const bumped = await bumpVersion(dataset, { level, note: flags.note, config, dryRun: flags.dryRun === true });
  return { data: bumped, text: () => textOf(bumped, context) };
}

function textOf(bumped: BumpedVersion, { cwd, terminal: { out } }: CommandContext): string {
  const { dataset, from, to, level, file, line, diff, isWritten } = bumped;
  const place = `${relative(cwd, file)}:${line}`;
  const added = diff.split('\n').map((text) => coloured(text, out));
  return isWritten
    ? `${dataset}: ${from} → ${to} (${level}), in ${place}. \`ailab-datasets build ${dataset}\` publishes it.`
    : [`${dataset}: ${from} → ${to} (${level}) would change ${place}:`, ...added].join('\n');
}

function coloured(line: string, { style }: TextOutput): string {
  if (line.startsWith('-')) return style.red(line);
  return line.startsWith('+') ? style.green(line) : line;
}
