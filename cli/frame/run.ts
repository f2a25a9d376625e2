import type { Command } from 'commander';
import type { DatasetsConfig, ResolvedConfig } from '../../src/core/config/index.js';
import type { CaptureErrors } from '../logs/capture-standard-error.js';
import type { Log } from '../logs/log.js';
import { logFormatOf } from '../logs/log-format.js';
import type { Terminal } from '../terminal/index.js';
import type { CommandEntry, CommandResult, GlobalFlags, Invoke } from './command-module.js';
import { type ExitCode, exitCodes } from './exit-code.js';
import { createProgram, isAnswered } from './program.js';

/** What the process gives to a run of the command line. */
export interface RunOptions {
  /** Arguments after the program's name. */
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly terminal: Terminal;
  readonly version: string;
  readonly commands: readonly CommandEntry[];
  /** Of a process of its own: so that all that is written to standard error becomes lines of a log, where a log is asked for. */
  readonly captureErrors?: CaptureErrors;
}

/**
 * Runs one command line from its arguments to its exit code. Never throws: what goes wrong is printed.
 */
export async function run(options: RunOptions): Promise<ExitCode> {
  const { argv, terminal } = options;
  let exitCode: ExitCode = exitCodes.ok;
  const invokeFor =
    (flags: () => GlobalFlags): Invoke =>
    async (work) => {
      exitCode = await invoke(options, flags(), work);
    };
  const program = createProgram(options.commands, options.version, terminal.out, invokeFor);
  try {
    if (argv.length === 0) program.outputHelp();
    else await program.parseAsync(helpAsFlag(argv), { from: 'user' });
    return exitCode;
  } catch (error) {
    if (isAnswered(error)) return exitCodes.ok;
    const { asUsageError } = await import('./usage-error.js');
    const flags = flagsSoFar(program, argv);
    return showError(asUsageError(error), flags, await outputOf(options, flags).catch(() => ({ terminal })));
  }
}

/** `help build` → `build --help`: commander prints the help of a command before its module could be loaded. */
function helpAsFlag(argv: readonly string[]): string[] {
  return argv[0] === 'help' ? [...argv.slice(1), '--help'] : [...argv];
}

/** Where parsing failed, commander may not have come as far as the flags that say how errors are shown. */
function flagsSoFar(program: Command, argv: readonly string[]): GlobalFlags {
  const ours = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  const format = ours.findLast((_, index) => ours[index - 1] === '--log-format');
  const logFormat = format ?? ours.find((argument) => argument.startsWith('--log-format='))?.split('=', 2)[1];
  const seen = { json: ours.includes('--json'), verbose: ours.includes('--verbose') };
  return { ...seen, ...(logFormat !== undefined && { logFormat }), ...program.opts<GlobalFlags>() };
}

/** Where a command prints: with a log, lines of it are its notes. */
interface Output {
  readonly terminal: Terminal;
  readonly log?: Log;
}

/** @throws DatasetsError USAGE for a format of logs that there is not */
async function outputOf({ terminal, env, captureErrors }: RunOptions, { logFormat }: GlobalFlags): Promise<Output> {
  const format = logFormatOf(logFormat, env);
  if (format === 'text') return { terminal };
  const { openLoggedTerminal } = await import('../logs/logged-terminal.js');
  return openLoggedTerminal(terminal, format, env, captureErrors);
}

async function invoke(options: RunOptions, flags: GlobalFlags, work: Parameters<Invoke>[0]): Promise<ExitCode> {
  const { cwd, env } = options;
  let output: Output = { terminal: options.terminal };
  const loadConfiguration = async (folder: string, own: DatasetsConfig): Promise<ResolvedConfig> => {
    const { loadConfig } = await import('../../src/core/config/index.js');
    return loadConfig({ cwd: folder, env, flags: own });
  };
  try {
    output = await outputOf(options, flags);
    const { terminal, log } = output;
    const { interruptible } = await import('./interruption.js');
    const onInterrupt = (): void => {
      if (flags.quiet !== true) terminal.notes.write('Stopping; press Ctrl-C again to end at once.\n');
    };
    const result = await interruptible(
      (signal) =>
        work({
          terminal,
          flags,
          ...(log !== undefined && { log }),
          cwd,
          env,
          signal,
          config: (own = {}) =>
            loadConfiguration(cwd, flags.registry === undefined ? own : { ...own, registry: flags.registry }),
          configIn: (folder, own = {}) => loadConfiguration(folder, own),
          commands: options.commands,
        }),
      onInterrupt,
      (error) => showError(error, flags, output),
    );
    await print(result, flags, terminal);
    return result.exitCode ?? exitCodes.ok;
  } catch (error) {
    return showError(error, flags, output);
  }
}

async function print(result: CommandResult, flags: GlobalFlags, terminal: Terminal): Promise<void> {
  if (flags.json === true && result.data !== undefined) {
    const { stringifyJson } = await import('../../src/core/json/index.js');
    terminal.out.write(`${stringifyJson(result.data, 2)}\n`);
    return;
  }
  const text = result.text();
  if (text !== '') terminal.out.write(`${text}\n`);
}

async function showError(error: unknown, flags: GlobalFlags, { terminal, log }: Output): Promise<ExitCode> {
  const { errorData, renderError, reportError } = await import('./report-error.js');
  const report = reportError(error);
  const verbose = flags.verbose === true;
  log?.error(report);
  if (flags.json === true) terminal.out.write(`${JSON.stringify(errorData(report, verbose), null, 2)}\n`);
  else if (log === undefined) terminal.notes.write(`${renderError(report, terminal.notes.style, verbose)}\n`);
  return report.exitCode;
}
