import { DatasetsError } from '../../src/core/errors/index.js';
import type { CommandContext, CommandModule, CommandResult } from '../frame/command-module.js';
import { examples } from '../frame/examples.js';

interface LineageFlags {
  readonly up?: boolean;
  readonly down?: boolean;
  readonly mermaid?: boolean;
}

export const lineageCommand: CommandModule = {
  define: (command, invoke) => {
    command
      .argument('<dataset>', 'version, as product_a, product_a:1.2.0 or product_a@prod')
      .option('--up', 'what it was made from, to the sources (the default)')
      .option('--down', 'what was made from it, in this registry')
      .option('--mermaid', 'print a flowchart of Mermaid')
      .addHelpText(
        'after',
        examples(
          ['lineage product_a:1.2.0', 'what it was made from'],
          ['lineage product_b:1.1.0 --down', 'what reads it: look before you yank it'],
          ['lineage product_a --mermaid', 'for a page in Markdown'],
        ),
      )
      .action((reference: string, flags: LineageFlags) => invoke((context) => lineage(context, reference, flags)));
  },
};

async function lineage(context: CommandContext, reference: string, flags: LineageFlags): Promise<CommandResult> {
  if (flags.up === true && flags.down === true) {
    throw new DatasetsError('USAGE', '--up and --down contradict each other', {
      hint: 'Ask for one, then for the other.',
    });
  }
  const { lineageMermaid, lineageOf, lineageTree } = await import('../../src/provenance/index.js');
  const found = await lineageOf(reference, flags.down === true ? 'down' : 'up', await context.config());
  return { data: found, text: () => (flags.mermaid === true ? lineageMermaid(found) : lineageTree(found)) };
}
