import { printable } from '../terminal/index.js';
import type { CommandContext } from './command-module.js';

/** Prints warnings of the library as notes, unless the user wants none. */
export function warningsTo({ flags, terminal }: CommandContext): { readonly onWarning: (message: string) => void } {
  return {
    onWarning: (message) => {
      if (flags.quiet !== true) terminal.notes.write(`warning: ${printable(message)}\n`);
    },
  };
}
