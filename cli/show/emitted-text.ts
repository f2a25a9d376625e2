import { relative } from 'node:path';
import type { EmittedText } from '../../src/schedule/index.js';
import type { CommandContext } from '../frame/command-module.js';

/** What was, or would be, written to a folder. */
export interface Emitted {
  readonly files: readonly EmittedText[];
  readonly upToDate: boolean;
}

const written: Readonly<Record<EmittedText['state'], string>> = {
  missing: 'created',
  same: 'unchanged',
  older: 'replaced',
  edited: 'replaced',
  surplus: 'removed',
};

/** A line for each file that was written. */
export function writtenText({ files }: Emitted, { cwd, terminal }: CommandContext): readonly string[] {
  const { style } = terminal.out;
  return files.map(({ path, state }) => `${style.green(written[state].padEnd(9))}  ${relative(cwd, path)}`);
}

const differences: Readonly<Record<Exclude<EmittedText['state'], 'same'>, string>> = {
  missing: 'is missing',
  older: 'is not what would be written now',
  edited: 'was edited by hand, or written by something else',
  surplus: 'is not needed any more',
};

/** What `--check` finds. */
export function checkText({ files, upToDate }: Emitted, { cwd }: CommandContext): string {
  if (upToDate)
    return `${files.length === 1 ? 'The file is' : `All ${files.length} files are`} as it would be written now.`;
  const wrong = files.flatMap(({ path, state }) =>
    state === 'same' ? [] : [`${relative(cwd, path)} ${differences[state]}`],
  );
  return [...wrong, '', 'Emit them again, with the same flags but without --check.'].join('\n');
}

/** The files themselves; names only where there are several. */
export function dryRunText({ files }: Emitted, { cwd, terminal }: CommandContext): string {
  const kept = files.filter(({ state }) => state !== 'surplus');
  if (kept.length === 1) return kept.map(({ text }) => text.trimEnd()).join('');
  return kept
    .map(({ path, text }) => `${terminal.out.style.bold(`==> ${relative(cwd, path)} <==`)}\n${text}`)
    .join('\n')
    .trimEnd();
}
