import { Argument } from 'commander';
import type { Delivery } from '../../src/notify/index.js';
import type { CommandContext, CommandModule, CommandResult } from '../frame/command-module.js';
import { examples } from '../frame/examples.js';
import { exitCodes } from '../frame/exit-code.js';
import { renderTable, type TextOutput } from '../terminal/index.js';

export const notificationsCommand: CommandModule = {
  define: (command, invoke) => {
    command
      .addArgument(new Argument('<action>', 'what to do').choices(['test']))
      .addHelpText(
        'after',
        examples(
          ['notifications test', 'send one event to everybody whom the configuration names'],
          ['notifications test --json', 'for scripts: what became of each'],
        ),
      )
      .action(() => invoke(test));
  },
};

async function test(context: CommandContext): Promise<CommandResult> {
  const { testNotifications } = await import('../../src/notify/index.js');
  const deliveries = await testNotifications(await context.config(), { env: context.env });
  const isWell = deliveries.every(({ problem }) => problem === undefined);
  return {
    data: { deliveries: deliveries.map(({ problem, ...delivery }) => ({ ...delivery, problem: problem ?? null })) },
    text: () => render(deliveries, context.terminal.out),
    exitCode: isWell ? exitCodes.ok : exitCodes.environment,
  };
}

function render(deliveries: readonly Delivery[], { width, style }: TextOutput): string {
  if (deliveries.length === 0) return 'The configuration names nobody: see `notifications` in docs/cli.md.';
  return renderTable(
    [{ title: 'notification' }, { title: 'kind' }, { title: 'to' }, { title: 'what became of it' }],
    deliveries.map(({ index, kind, to, problem }) => [`${index}`, kind, to, problem ?? 'delivered']),
    width,
    style,
  );
}
