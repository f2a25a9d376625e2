import { Argument } from 'commander';
import { DatasetsError } from '../../src/core/errors/index.js';
import type { AliasMove, ListedAlias } from '../../src/promotion/index.js';
import type { CommandContext, CommandModule, CommandResult } from '../frame/command-module.js';
import { examples } from '../frame/examples.js';
import { printable, renderTable, type TextOutput } from '../terminal/index.js';

export const aliasCommand: CommandModule = {
  define: (command, invoke) => {
    command
      .addArgument(new Argument('<action>', 'what to do').choices(['list', 'history']))
      .argument('[dataset]', 'data set: product_a (with list, default: all)')
      .argument('[alias]', 'with history: the alias')
      .addHelpText(
        'after',
        examples(
          ['alias list', 'every alias of the registry, and what it stands for'],
          ['alias history product_a prod', 'who moved it when, from where, to where, and why'],
        ),
      )
      .action((action: 'list' | 'history', dataset: string | undefined, alias: string | undefined) =>
        invoke((context) => (action === 'list' ? list(context, dataset, alias) : history(context, dataset, alias))),
      );
  },
};

async function list(
  context: CommandContext,
  dataset: string | undefined,
  alias: string | undefined,
): Promise<CommandResult> {
  if (alias !== undefined) {
    throw new DatasetsError('USAGE', 'alias list takes a data set, and no alias', {
      hint: `ailab-datasets alias history ${dataset} ${alias}`,
    });
  }
  const { aliases } = await import('../../src/promotion/index.js');
  const config = await context.config();
  const found = await aliases(dataset, { config });
  return {
    data: { registry: config.registry, aliases: found.map((each) => ({ ...each, ...moveData(each) })) },
    text: () => renderList(found, config.registry, context.terminal.out),
  };
}

async function history(
  context: CommandContext,
  dataset: string | undefined,
  alias: string | undefined,
): Promise<CommandResult> {
  if (dataset === undefined || alias === undefined) {
    throw new DatasetsError('USAGE', 'alias history takes a data set and an alias', {
      hint: 'ailab-datasets alias history product_a prod',
    });
  }
  const { aliasHistory } = await import('../../src/promotion/index.js');
  const config = await context.config();
  const moves = await aliasHistory(dataset, alias, { config });
  return {
    data: { registry: config.registry, dataset, alias, moves: moves.map(moveData) },
    text: () => renderHistory(moves, context.terminal.out),
  };
}

function moveData(move: AliasMove) {
  const { generation, from, to, reason, actor, movedAt, restores } = move;
  return { generation, from: from ?? null, to: to ?? null, reason, actor, movedAt, restores: restores ?? null };
}

function renderList(found: readonly ListedAlias[], registry: string, out: TextOutput): string {
  if (found.length === 0) return `No alias is set in ${registry}.`;
  return renderTable(
    [
      { title: 'alias', dress: out.style.bold },
      { title: 'stands for' },
      { title: 'since' },
      { title: 'by' },
      { title: 'why' },
    ],
    found.map((each) => [
      `${each.dataset}@${each.alias}`,
      each.to ?? '',
      moment(each),
      printable(each.actor),
      printable(each.reason),
    ]),
    out.width,
    out.style,
  );
}

/** The newest first: that is what is asked for. */
function renderHistory(moves: readonly AliasMove[], out: TextOutput): string {
  return renderTable(
    [
      { title: '', align: 'right' },
      { title: 'when' },
      { title: 'from' },
      { title: 'to', dress: out.style.bold },
      { title: 'by' },
      { title: 'why' },
    ],
    [...moves]
      .reverse()
      .map((move) => [
        String(move.generation),
        moment(move),
        move.from ?? 'not set',
        move.to ?? 'not set',
        printable(move.actor),
        printable(whyText(move)),
      ]),
    out.width,
    out.style,
  );
}

function whyText({ restores, reason }: AliasMove): string {
  if (restores === undefined) return reason;
  return reason === '' ? `rollback to ${restores}` : `rollback to ${restores}: ${reason}`;
}

function moment({ movedAt }: AliasMove): string {
  return movedAt.slice(0, 16).replace('T', ' ');
}
