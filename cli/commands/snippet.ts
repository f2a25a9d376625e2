import { Option } from 'commander';
import type { SnippetTarget } from '../../src/catalog/index.js';
import type { CommandContext, CommandModule, CommandResult } from '../frame/command-module.js';
import { examples } from '../frame/examples.js';
import { warningsTo } from '../frame/warnings.js';

interface SnippetFlags {
  readonly for: SnippetTarget;
  readonly split?: string;
}

export const snippetCommand: CommandModule = {
  define: (command, invoke) => {
    command
      .argument('<reference>', 'published version: product_a, product_a/men, product_a:1.2.0')
      .addOption(
        // The list is the library's snippetTargets; importing it here would load the library for a help page.
        new Option('--for <trainer>', 'what the code reads with')
          .choices(['tfds', 'tensorflow', 'hf', 'torch', 'numpy'])
          .makeOptionMandatory(),
      )
      .option('--split <name>', 'split to read (default: train, else the first)')
      .addHelpText(
        'after',
        examples(
          ['snippet product_a:1.2.0 --for torch > train.py', 'a DataLoader with two workers and a DistributedSampler'],
          ['snippet mnist --for tfds', 'stock tensorflow-datasets'],
          ['snippet mnist --for hf --split test', 'stock Hugging Face datasets'],
          [
            'snippet mnist@prod --for numpy --registry gs://our-data/registry',
            'fetches what the alias means when it runs',
          ],
        ),
      )
      .action((reference: string, flags: SnippetFlags) => invoke((context) => snippet(context, reference, flags)));
  },
};

async function snippet(context: CommandContext, reference: string, flags: SnippetFlags): Promise<CommandResult> {
  const { locateReference, trainerSnippet, versionForSnippet } = await import('../../src/catalog/index.js');
  const { isGcsUrl } = await import('../../src/core/location/index.js');
  const config = await context.config();
  const { files } = await locateReference(reference, config, warningsTo(context));
  const origin = isGcsUrl(config.registry) ? { registry: config.registry, reference } : undefined;
  const code = trainerSnippet(flags.for, await versionForSnippet(files, origin), flags.split);
  return { data: { for: flags.for, code }, text: () => code.trimEnd() };
}
