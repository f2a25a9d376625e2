import { reasonFlag } from '../flags/reason.js';
import type { CommandContext, CommandModule, CommandResult } from '../frame/command-module.js';
import { examples } from '../frame/examples.js';

export const rollbackCommand: CommandModule = {
  define: (command, invoke) => {
    command
      .argument('<dataset>', 'data set: product_a')
      .argument('<alias>', 'alias to move back: prod')
      .addOption(reasonFlag())
      .addHelpText(
        'after',
        examples(
          ["rollback product_a prod -m 'clicks fell by 4 %'", 'product_a@prod stands for what it stood for before'],
          ['alias history product_a prod', 'what that is'],
        ),
      )
      .action((dataset: string, alias: string, flags: { readonly reason?: string }) =>
        invoke((context) => rollback(context, dataset, alias, flags.reason)),
      );
  },
};

async function rollback(
  context: CommandContext,
  dataset: string,
  alias: string,
  reason: string | undefined,
): Promise<CommandResult> {
  const { rollback: rollbackAlias } = await import('../../src/promotion/index.js');
  const config = await context.config();
  const done = await rollbackAlias(dataset, alias, { config, reason });
  const before = done.from === undefined ? 'it was not set' : `it stood for ${done.from}`;
  return {
    data: { registry: config.registry, ...done, from: done.from ?? null },
    text: () =>
      [
        ...done.skipped.map(({ reference, why }) => `${reference} was passed over: ${why}.`),
        `${done.dataset}@${done.alias} stands for ${done.to} again; ${before}.`,
      ].join('\n'),
  };
}
