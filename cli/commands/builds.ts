import { Argument } from 'commander';
import { DatasetsError } from '../../src/core/errors/index.js';
import { endedBuildsText, reportText } from '../builds/report-text.js';
import { stagedBuildsText, stagedBuildText } from '../builds/staged-builds-text.js';
import { wholeNumber } from '../flags/parsers.js';
import type { CommandContext, CommandModule, CommandResult } from '../frame/command-module.js';
import { examples } from '../frame/examples.js';

interface BuildsFlags {
  readonly dead?: boolean;
  readonly ended?: boolean;
  readonly limit?: number;
}

type Action = 'list' | 'show' | 'remove';

export const buildsCommand: CommandModule = {
  define: (command, invoke) => {
    command
      .addArgument(new Argument('<action>', 'what to do').choices(['list', 'show', 'remove']))
      .argument(
        '[what...]',
        'with show: an id, or the version that a build made; with remove: ids, as list shows them; with list --ended: a data set',
      )
      .option('--ended', 'with list: those that have ended, newest first: published, attested, refused, failed')
      .option('--limit <n>', 'with list --ended: so many (default: 20)', wholeNumber(1))
      .option('--dead', 'with remove: every build that nobody works on')
      .addHelpText(
        'after',
        examples(
          ['builds list', 'what runs, here or elsewhere, what was left, and what the next build goes on with'],
          ['builds list --ended product_a', 'what became of its last builds'],
          ['builds show product_a:1.2.0', 'how this version was made, and what it cost'],
          ['builds show 20261121T093000123Z-4f1c9a02', 'one build, as list --ended and a build that failed name it'],
          ['builds remove product_a-1.2.0-4f1c', 'remove what a build left'],
          ['builds remove --dead', 'remove what all builds left; those that run stay'],
        ),
      )
      .action((action: Action, what: readonly string[], flags: BuildsFlags) =>
        invoke((context) => actions[action](context, what, flags)),
      );
  },
};

const actions: Readonly<
  Record<Action, (context: CommandContext, what: readonly string[], flags: BuildsFlags) => Promise<CommandResult>>
> = {
  list: (context, what, flags) => (flags.ended === true ? listEnded(context, what, flags) : list(context, what, flags)),
  show,
  remove,
};

async function list(context: CommandContext, ids: readonly string[], flags: BuildsFlags): Promise<CommandResult> {
  if (ids.length > 0 || flags.dead === true || flags.limit !== undefined) {
    throw new DatasetsError('USAGE', 'builds list takes neither builds nor --dead nor --limit', {
      hint: 'ailab-datasets builds list, or with --ended what has ended.',
    });
  }
  const { listBuilds } = await import('../../src/project/index.js');
  const config = await context.config();
  const builds = await listBuilds(config);
  return {
    data: { registry: config.registry, builds },
    text: () => stagedBuildsText(builds, context.terminal.out, new Date()),
  };
}

async function listEnded(
  context: CommandContext,
  names: readonly string[],
  flags: BuildsFlags,
): Promise<CommandResult> {
  if (names.length > 1 || flags.dead === true) {
    throw new DatasetsError('USAGE', 'builds list --ended takes the name of one data set, or none', {
      hint: 'ailab-datasets builds list --ended product_a',
    });
  }
  const { listEndedBuilds } = await import('../../src/project/index.js');
  const config = await context.config();
  const reports = await listEndedBuilds(config, { name: names[0], limit: flags.limit });
  return {
    data: { registry: config.registry, reports },
    text: () => endedBuildsText(reports, context.terminal.out),
  };
}

async function show(context: CommandContext, what: readonly string[], flags: BuildsFlags): Promise<CommandResult> {
  const [id, ...others] = what;
  if (id === undefined || others.length > 0 || flags.dead === true || flags.ended === true) {
    throw new DatasetsError('USAGE', 'builds show takes the id of one build, or the version that it made', {
      hint: 'ailab-datasets builds list --ended shows the ids.',
    });
  }
  const { findBuild } = await import('../../src/project/index.js');
  const found = await findBuild(await context.config(), id);
  const { out } = context.terminal;
  return {
    data: found,
    text: () => ('report' in found ? reportText(found.report, out) : stagedBuildText(found.staged, out, new Date())),
  };
}

async function remove(context: CommandContext, ids: readonly string[], flags: BuildsFlags): Promise<CommandResult> {
  if (ids.length > 0 === (flags.dead === true) || flags.ended === true) {
    throw new DatasetsError('USAGE', 'builds remove takes ids of builds, or --dead', {
      hint: 'ailab-datasets builds list shows the ids.',
    });
  }
  const { removeBuilds } = await import('../../src/project/index.js');
  const removed = await removeBuilds(await context.config(), flags.dead === true ? undefined : ids, {
    signal: context.signal,
    onWatch: ({ buildId, process }) => {
      if (context.flags.quiet === true) return;
      const where = process === undefined ? '' : ` on ${process.host}`;
      context.terminal.notes.write(`watching for five minutes whether ${buildId}${where} still lives\n`);
    },
  });
  const lines = removed.map(({ build, published }) =>
    published ? `published ${build.buildId}, which had died while it was published` : `removed ${build.buildId}`,
  );
  return {
    data: { removed: removed.map(({ build, published }) => ({ buildId: build.buildId, published })) },
    text: () => lines.join('\n') || 'There was nothing to remove.',
  };
}
