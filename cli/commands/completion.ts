import { Argument } from 'commander';
import { printShellScript, type Shell, shells } from '../completion/shell-script.js';
import type { CommandModule } from '../frame/command-module.js';
import { examples } from '../frame/examples.js';

export const completionCommand: CommandModule = {
  define: (command, invoke) => {
    command
      .addArgument(new Argument('<shell>', 'shell to make the script for').choices(shells))
      .addHelpText(
        'after',
        examples(
          ['completion bash >> ~/.bashrc', 'bash, with its package bash-completion'],
          ['completion zsh > ~/.zfunc/_ailab-datasets', 'zsh, with ~/.zfunc in its fpath'],
          ['completion fish > ~/.config/fish/completions/ailab-datasets.fish', 'fish'],
        ),
      )
      .action((shell: Shell) =>
        invoke(async () => {
          await printShellScript(shell);
          return { data: undefined, text: () => '' };
        }),
      );
  },
};
