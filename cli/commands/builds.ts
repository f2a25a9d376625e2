import { Argument } from 'commander';
import { DatasetsError } from '../../src/core/errors/index.js';
import type { ListedBuild } from '../../src/project/index.js';
import type { CommandContext, CommandModule, CommandResult } from '../frame/command-module.js';
import { examples } from '../frame/examples.js';
import { formatBytes, formatDuration, renderTable, type TextOutput } from '../terminal/index.js';

interface BuildsFlags {
  readonly dead?: boolean;
}

export const buildsCommand: CommandModule = {
  define: (command, invoke) => {
    command
      .addArgument(new Argument('<action>', 'what to do').choices(['list', 'remove']))
      .argument('[build...]', 'with remove: ids of builds, as list shows them')
      .option('--dead', 'with remove: every build that nobody works on')
      .addHelpText(
        'after',
        examples(
          ['builds list', 'what runs, here or elsewhere, what was left, and what the next build goes on with'],
          ['builds remove product_a-1.2.0-4f1c', 'remove what a build left'],
          ['builds remove --dead', 'remove what all builds left; those that run stay'],
        ),
      )
      .action((action: 'list' | 'remove', ids: readonly string[], flags: BuildsFlags) =>
        invoke((context) => (action === 'list' ? list(context, ids, flags) : remove(context, ids, flags))),
      );
  },
};

async function list(context: CommandContext, ids: readonly string[], flags: BuildsFlags): Promise<CommandResult> {
  if (ids.length > 0 || flags.dead === true) {
    throw new DatasetsError('USAGE', 'builds list takes neither builds nor --dead', {
      hint: 'ailab-datasets builds list',
    });
  }
  const { listBuilds } = await import('../../src/project/index.js');
  const config = await context.config();
  const builds = await listBuilds(config);
  return {
    data: { registry: config.registry, builds },
    text: () => render(builds, context.terminal.out, new Date()),
  };
}

async function remove(context: CommandContext, ids: readonly string[], flags: BuildsFlags): Promise<CommandResult> {
  if (ids.length > 0 === (flags.dead === true)) {
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

function render(builds: readonly ListedBuild[], out: TextOutput, now: Date): string {
  if (builds.length === 0) return 'No build runs, and none was left.';
  const titles = ['build', 'state', 'by', 'since', 'last heartbeat', 'finished'];
  return renderTable(
    titles.map((title, column) => (column === 0 ? { title, dress: out.style.bold } : { title })),
    builds.map((build) => [
      build.buildId,
      stateText(build),
      build.process === undefined ? '' : `${build.process.host}, pid ${build.process.pid}`,
      build.startedAt === undefined ? '' : build.startedAt.slice(0, 16).replace('T', ' '),
      build.lastHeartbeat === undefined ? '' : agoText(build.lastHeartbeat, now),
      finishedText(build),
    ]),
    out.width,
    out.style,
  );
}

function stateText({ state, isPublishing, isResumable }: ListedBuild): string {
  if (state === 'running') return isPublishing ? 'publishing' : 'running';
  // The next build, or `remove`, ends what was begun.
  if (isPublishing) return `${state} while publishing`;
  return isResumable ? `${state}, reusable` : state;
}

/** The clock of the storage may be ahead of this one. */
function agoText(moment: Date, now: Date): string {
  return `${formatDuration(Math.max(0, now.getTime() - moment.getTime()) / 1000)} ago`;
}

function finishedText({ finished, directory }: ListedBuild): string {
  if (finished === undefined) return directory === undefined ? 'on another machine' : '';
  const stages = finished.stages.map(({ stage, done, of }) => `${stage} ${done}/${of}`);
  return [...stages, formatBytes(finished.bytes)].join(', ');
}
