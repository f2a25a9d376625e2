import type { ShownExamples } from '../../src/catalog/index.js';
import { list, wholeNumber } from '../flags/parsers.js';
import { strictFlag } from '../flags/strict.js';
import type { CommandContext, CommandModule, CommandResult } from '../frame/command-module.js';
import { examples } from '../frame/examples.js';
import { warningsTo } from '../frame/warnings.js';

interface ShowFlags {
  readonly split?: string;
  readonly count: number;
  readonly skip: number;
  readonly fields?: readonly string[];
  readonly reveal?: boolean;
  readonly images: boolean;
  readonly strict?: boolean;
}

export const showCommand: CommandModule = {
  define: (command, invoke) => {
    command
      .argument(
        '<reference>',
        'published version: product_a, product_a/men, product_a:1.2.0; or the directory of one, as ./staged',
      )
      .option('--split <expression>', 'split or split expression to read (default: train, else the first)')
      .option('-n, --count <n>', 'how many examples', wholeNumber(1), 3)
      .option('--skip <n>', 'how many to pass over first', wholeNumber(0), 0)
      .option('--fields <paths>', 'only these features (repeat it, or separate them with commas)', list)
      .option('--reveal', 'show personal data as it is; without it, a prefix of its hash stands for each value')
      .option('--no-images', 'describe images in words alone')
      .addOption(strictFlag())
      .addHelpText(
        'after',
        examples(
          ['show mnist', 'the first examples of train'],
          ["show product_a/men --split 'test[50%:]' -n 10", 'ten examples from the second half of test'],
          ['show product_a --fields click,user', 'two of its features'],
        ),
      )
      .action((reference: string, flags: ShowFlags) => invoke((context) => show(context, reference, flags)));
  },
};

async function show(context: CommandContext, reference: string, flags: ShowFlags): Promise<CommandResult> {
  const [{ showExamples }, { shownExample }, { renderExamples }, { previewStyle }] = await Promise.all([
    import('../../src/catalog/index.js'),
    import('../../src/features/index.js'),
    import('../show/render-examples.js'),
    import('../show/image-preview.js'),
  ]);
  const { split, skip, count, fields } = flags;
  const options = {
    split,
    skip,
    count,
    reveal: flags.reveal === true,
    strict: flags.strict,
    cwd: context.cwd,
    ...warningsTo(context),
  };
  const shown: ShownExamples = await showExamples(reference, options, await context.config());
  const { out } = context.terminal;
  const images = flags.images ? previewStyle(out.style.bold('') !== '', context.env) : undefined;
  const text = await renderExamples(shown, { skip, fields, images }, out);
  const { name, config, version } = shown.info;
  return {
    data: {
      ...{ name, config: config ?? null, version, split: shown.split, length: shown.length, skip },
      examples: shown.examples.map((example) => shownExample(shown.schema, example, shown.isHidden)),
    },
    text: () => text,
  };
}
