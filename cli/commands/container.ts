import { relative, resolve } from 'node:path';
import { Argument } from 'commander';
import type { EmittedContainer } from '../../src/project/index.js';
import type { CommandContext, CommandModule, CommandResult } from '../frame/command-module.js';
import { examples } from '../frame/examples.js';

interface ContainerFlags {
  readonly out?: string;
  readonly node?: string;
  readonly force?: boolean;
}

export const containerCommand: CommandModule = {
  define: (command, invoke) => {
    command
      .addArgument(new Argument('<action>', 'what to do').choices(['emit']))
      .option('--out <dir>', 'folder of the project to write to; by default its root')
      .option('--node <version>', 'version of Node in the image, in full: 22.21.1')
      .option('--force', 'write over files that were changed')
      .addHelpText(
        'after',
        examples(
          ['container emit', 'Dockerfile, .dockerignore and cloudbuild.yaml for the workers of this project'],
          ['container emit --out container', 'the same in a folder, beside a Dockerfile of your own'],
        ),
      )
      .action((_action: 'emit', flags: ContainerFlags) => invoke((context) => emit(context, flags)));
  },
};

async function emit(context: CommandContext, { out, node, force = false }: ContainerFlags): Promise<CommandResult> {
  const { emitContainer } = await import('../../src/project/index.js');
  const emitted = await emitContainer(await context.config(), {
    force,
    ...(out !== undefined && { directory: resolve(context.cwd, out) }),
    ...(node !== undefined && { nodeVersion: node }),
  });
  return { data: emitted, text: () => render(emitted, context) };
}

function render({ root, files, buildFlags, notes }: EmittedContainer, { cwd, terminal }: CommandContext): string {
  const { style } = terminal.out;
  const shown = (path: string): string => relative(cwd, path) || '.';
  const build = ['docker build', ...buildFlags, '--tag IMAGE', '.'].join(' ');
  return [
    ...files.map(({ path, state }) => `${style.green(state.padEnd(9))}  ${shown(path)}`),
    ...(notes.length === 0 ? [] : ['', ...notes.map((note) => `${style.yellow('note')}  ${note}`)]),
    '',
    style.bold('Next:'),
    `  ${root === cwd ? build : `cd ${shown(root)} && ${build}`}`,
  ].join('\n');
}
