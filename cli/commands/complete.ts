import type { CommandModule } from '../frame/command-module.js';

/** Called by the completion scripts at every press of Tab: `complete -- build pro`. */
export const completeCommand: CommandModule = {
  define: (command, invoke) => {
    command
      .argument('[words...]', 'the words of the command line so far, the last one being completed')
      .allowUnknownOption()
      .action((words: readonly string[]) =>
        invoke(async (context) => {
          const { printCompletions } = await import('../completion/print-completions.js');
          await printCompletions(words, context);
          return { data: undefined, text: () => '' };
        }),
      );
  },
};
