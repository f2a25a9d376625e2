import { DatasetsError } from '../../src/core/errors/index.js';

/** Frames that are not the author's. */
const foreign = /node:|node_modules|\/dist\/(?:src|cli)\//;

/** What was thrown where nothing catches it: in a timer, in an event handler, in a promise that nobody waits for. Most often by the author's code, which its stack tells. */
export function strayError(thrown: unknown): DatasetsError {
  if (thrown instanceof DatasetsError) return thrown;
  const stack = thrown instanceof Error ? (thrown.stack ?? '') : '';
  const isAuthors = stack.split('\n').some((line) => /^\s*at /.test(line) && !foreign.test(line));
  const described = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return new DatasetsError(
    isAuthors ? 'USER_CODE' : 'INTERNAL',
    `an error was thrown outside of any task, where nothing catches it: ${described}`,
    {
      hint: isAuthors
        ? 'Look for an exception in a timer or an event handler, or for a promise that nobody waits for.'
        : 'This is a fault of ailab-datasets, or of a package: please report it with its stack (--verbose).',
      cause: thrown,
    },
  );
}
