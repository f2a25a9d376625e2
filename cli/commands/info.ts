import type { DatasetCard } from '../../src/catalog/index.js';
import { renderCard } from '../card/render-card.js';
import { strictFlag } from '../flags/strict.js';
import type { CommandContext, CommandModule, CommandResult } from '../frame/command-module.js';
import { examples } from '../frame/examples.js';
import { warningsTo } from '../frame/warnings.js';

export const infoCommand: CommandModule = {
  define: (command, invoke) => {
    command
      .argument('<reference>', 'data set: product_a, product_a/men, product_a:1.2.0')
      .addOption(strictFlag())
      .addHelpText(
        'after',
        examples(
          ['info product_a', 'the card of the newest version, or of the builder where nothing is published'],
          ['info product_a/men:1.0.0 --json', 'the same facts for a script'],
        ),
      )
      .action((reference: string, flags: { readonly strict?: boolean }) =>
        invoke((context) => info(context, reference, flags.strict)),
      );
  },
};

async function info(context: CommandContext, reference: string, strict: boolean | undefined): Promise<CommandResult> {
  const { describeDataset } = await import('../../src/catalog/index.js');
  const card: DatasetCard = await describeDataset(reference, await context.config(), {
    ...warningsTo(context),
    strict,
  });
  return { data: card, text: () => renderCard(card, context.terminal.out) };
}
