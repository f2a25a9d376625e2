import { formatReference } from '../../src/core/names/index.js';
import { reasonFlag } from '../flags/reason.js';
import type { CommandContext, CommandModule, CommandResult } from '../frame/command-module.js';
import { examples } from '../frame/examples.js';
import { yankData } from './yank.js';

export const unyankCommand: CommandModule = {
  define: (command, invoke) => {
    command
      .argument('<reference>', 'one published version: product_a:1.1.0, product_a/men:1.1.0')
      .addOption(reasonFlag())
      .addHelpText('after', examples(["unyank product_a:1.1.0 --reason 'the labels were right'", 'use it as before']))
      .action((reference: string, flags: { readonly reason?: string }) =>
        invoke((context) => unyank(context, reference, flags.reason)),
      );
  },
};

async function unyank(context: CommandContext, reference: string, reason: string | undefined): Promise<CommandResult> {
  const { unyank: unyankVersion } = await import('../../src/promotion/index.js');
  const config = await context.config();
  const done = await unyankVersion(reference, { reason, config });
  const text = done.status === 'changed' ? 'is not yanked any more' : 'is not yanked';
  return { data: yankData(done, config.registry), text: () => `${formatReference(done)} ${text}.` };
}
