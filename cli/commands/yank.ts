import { formatReference } from '../../src/core/names/index.js';
import type { ChangedYank } from '../../src/promotion/index.js';
import type { CommandContext, CommandModule, CommandResult } from '../frame/command-module.js';
import { examples } from '../frame/examples.js';
import { printable } from '../terminal/index.js';

export const yankCommand: CommandModule = {
  define: (command, invoke) => {
    command
      .argument('<reference>', 'one published version: product_a:1.1.0, product_a/men:1.1.0')
      .requiredOption('-m, --reason <why>', 'why: whoever asks for the version is told')
      .addHelpText(
        'after',
        examples(
          ["yank product_a:1.1.0 --reason 'labels of May are wrong'", 'nobody gets it any more who does not name it'],
          ["unyank product_a:1.1.0 --reason 'they were right'", 'take that back'],
        ),
      )
      .action((reference: string, { reason }: { readonly reason: string }) =>
        invoke((context) => yank(context, reference, reason)),
      );
  },
};

async function yank(context: CommandContext, reference: string, reason: string): Promise<CommandResult> {
  const { yank: yankVersion } = await import('../../src/promotion/index.js');
  const config = await context.config();
  const done = await yankVersion(reference, { reason, config });
  return { data: yankData(done, config.registry), text: () => textOf(done) };
}

/** For `unyank` as well. */
export function yankData({ config, yank: current, ...done }: ChangedYank, registry: string): unknown {
  return { registry, ...done, config: config ?? null, yank: current ?? null };
}

function textOf(done: ChangedYank): string {
  const reference = formatReference(done);
  const { status, yank: current, aliases, name } = done;
  const reason = printable(current?.reason ?? '');
  const lines =
    status === 'changed'
      ? [`${reference} is yanked: ${reason}.`]
      : [`${reference} was yanked already, on ${current?.yankedAt.slice(0, 10)} by ${current?.actor}: ${reason}.`];
  for (const alias of aliases) {
    lines.push(`${name}@${alias} still stands for it: ailab-datasets rollback ${name} ${alias}`);
  }
  return lines.join('\n');
}
