import { Command, CommanderError, Help, Option } from 'commander';
import { logFormats, logFormatVariable } from '../logs/log-format.js';
import type { TextOutput } from '../terminal/terminal.js';
import type { CommandEntry, GlobalFlags, Invoke } from './command-module.js';
import { exitCodeTexts } from './exit-code.js';

/** Makes the `Invoke` of one command, given the flags that stand for all commands. */
export type InvokeFor = (flags: () => GlobalFlags) => Invoke;

/**
 * The command line as commander sees it. A command's own module is imported when that command is named: `--help` needs the table alone.
 *
 * Parsing errors and help are thrown as `CommanderError`s; nothing here ends the process.
 */
export function createProgram(
  commands: readonly CommandEntry[],
  version: string,
  output: TextOutput,
  invokeFor: InvokeFor,
): Command {
  const program = new Command('ailab-datasets');
  program
    .description('Builds, publishes and reads the lab’s data sets: typed, versioned, immutable.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'Print the help of a command')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => output.write(text),
      // Errors are thrown, and printed once, by whoever runs the program.
      writeErr: () => undefined,
      outputError: () => undefined,
      getOutHelpWidth: () => Math.min(output.width, 120),
      getOutHasColors: () => false,
    })
    .configureHelp(helpStyle)
    .addHelpText('after', () => exitCodeHelp());
  addGlobalOptions(program);
  for (const entry of commands)
    addCommand(
      program,
      entry,
      invokeFor(() => program.opts<GlobalFlags>()),
    );
  return program;
}

const help = new Help();
const globalOptions = Object.assign(new Help(), { showGlobalOptions: true });

/** Pages of commands list -h with the flags of all commands, so that a command without flags of its own has no empty list. */
const helpStyle = {
  showGlobalOptions: true,
  visibleOptions: (command: Command): Option[] =>
    help.visibleOptions(command).filter((option) => command.parent === null || option.long !== '--help'),
  visibleGlobalOptions: (command: Command): Option[] =>
    command.parent === null
      ? []
      : [
          ...globalOptions.visibleGlobalOptions(command),
          ...help.visibleOptions(command).filter((option) => option.long === '--help'),
        ],
};

/** Flags that stand before or after any command. */
export function addGlobalOptions(command: Command): void {
  command
    .addOption(
      new Option(
        '--registry <place>',
        'registry to use: a directory, gs://bucket/path or a configured name (AILAB_DATASETS_REGISTRY; default: the configured one)',
      ),
    )
    .addOption(new Option('--json', 'print the result, or the error, as JSON'))
    .addOption(new Option('--quiet', 'print no progress and no notes'))
    .addOption(new Option('--verbose', 'print the stacks of errors, and all that a job says'))
    .addOption(
      new Option(
        '--log-format <format>',
        `what standard error is: text, json (a line each), gcp (for Cloud Logging) (${logFormatVariable})`,
      ).choices(logFormats),
    );
}

function addCommand(program: Command, entry: CommandEntry, invoke: Invoke): void {
  const command = program
    .command(entry.name, { hidden: entry.hidden === true })
    .summary(entry.summary)
    .description(`${entry.summary}.`);
  let defined = false;
  program.hook('preSubcommand', async (_, subcommand) => {
    if (subcommand !== command || defined) return;
    defined = true;
    (await entry.load()).define(command, invoke);
  });
}

function exitCodeHelp(): string {
  const lines = exitCodeTexts.map(([code, text]) => `  ${String(code).padEnd(4)} ${text}`);
  return ['', 'Exit codes:', ...lines].join('\n');
}

/** Whether commander stopped because it printed what was asked for: help or the version. */
export function isAnswered(error: unknown): boolean {
  return error instanceof CommanderError && (error.exitCode === 0 || error.code === 'commander.help');
}
