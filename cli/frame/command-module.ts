import type { Command } from 'commander';
import type { DatasetsConfig, ResolvedConfig } from '../../src/core/config/index.js';
import type { Log } from '../logs/index.js';
import type { Terminal } from '../terminal/index.js';
import type { ExitCode } from './exit-code.js';

/** Flags that every command takes. */
export interface GlobalFlags {
  readonly registry?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  /** Of what is written to standard error. */
  readonly logFormat?: string;
}

/** What a command gets besides its own arguments. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly flags: GlobalFlags;
  /** Where lines on standard error are JSON: takes what they say in parts. Notes are lines of it as well. */
  readonly log?: Log;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborts at Ctrl-C; commands that take long pass it on. */
  readonly signal: AbortSignal;
  /** The project's configuration under the command's own flags and `--registry`. */
  config(flags?: DatasetsConfig): Promise<ResolvedConfig>;
  /** As `config`, for a project in another folder (absolute). */
  configIn(folder: string, flags?: DatasetsConfig): Promise<ResolvedConfig>;
  /** Every command, for those that speak of the others. */
  readonly commands: readonly CommandEntry[];
}

/** What a command found or did: the same facts for machines and for people. */
export interface CommandResult {
  /** What `--json` prints: anything that `stringifyJson` takes; undefined where the output is for a program anyhow. */
  readonly data: unknown;
  /** What is printed otherwise, without a line break at the end; '' prints nothing. */
  text(): string;
  /** Default: 0. */
  readonly exitCode?: ExitCode;
}

/** Runs a command's work within the frame: context, output, errors, exit code. */
export type Invoke = (work: (context: CommandContext) => Promise<CommandResult>) => Promise<void>;

/** One command, one file. Its module imports the library inside its work, so that help and completion pay for none of it. */
export interface CommandModule {
  /** Declares arguments, options and examples, and calls `invoke` from the command's action. */
  define(command: Command, invoke: Invoke): void;
}

/** A command's line in the table of commands: all that `--help` needs. */
export interface CommandEntry {
  readonly name: string;
  /** One sentence, without a full stop: what the command is for. */
  readonly summary: string;
  /** Left out of the help page: a command for programs. */
  readonly hidden?: boolean;
  load(): Promise<CommandModule>;
}
