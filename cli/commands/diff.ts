import { wholeNumber } from '../flags/parsers.js';
import type { CommandContext, CommandModule, CommandResult } from '../frame/command-module.js';
import { examples } from '../frame/examples.js';
import { exitCodes } from '../frame/exit-code.js';
import { warningsTo } from '../frame/warnings.js';

interface DiffFlags {
  readonly examples: number;
  readonly exitCode?: boolean;
}

export const diffCommand: CommandModule = {
  define: (command, invoke) => {
    command
      .argument('<before>', 'published version: product_a:1.1.0, product_a@prod; or the directory of one, as ./staged')
      .argument('<after>', 'the same; 1.2.0 or @candidate alone is of the same data set')
      .option('--examples <n>', 'how many examples of each kind to show of each split', wholeNumber(0), 3)
      .option('--exit-code', 'exit with 1 where anything differs')
      .addHelpText(
        'after',
        examples(
          ['diff product_a:1.1.0 1.2.0', 'features, splits, keys, and the bump that it takes'],
          ['diff product_a/men@prod @candidate --examples 10', 'what readers of the alias would get'],
          ['diff product_a:1.1.0 1.2.0 --json', 'for scripts: bump, features, splits, examples'],
        ),
      )
      .action((before: string, after: string, flags: DiffFlags) =>
        invoke((context) => diffResult(context, before, after, flags)),
      );
  },
};

async function diffResult(
  context: CommandContext,
  before: string,
  after: string,
  flags: DiffFlags,
): Promise<CommandResult> {
  const [{ diffReferences }, { diffText }] = await Promise.all([
    import('../../src/catalog/index.js'),
    import('../show/diff-text.js'),
  ]);
  const options = { examples: flags.examples, cwd: context.cwd, ...warningsTo(context) };
  const diff = await diffReferences(before, after, await context.config(), options);
  const differs = flags.exitCode === true && diff.bump !== 'none';
  return {
    data: diff,
    text: () => diffText(diff, context.terminal.out),
    ...(differs && { exitCode: exitCodes.failed }),
  };
}
