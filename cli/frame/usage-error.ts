import { CommanderError } from 'commander';
import { DatasetsError } from '../../src/core/errors/index.js';

/**
 * Commander's complaint as one of ours. It writes `error: unknown option '--overwrit'\n(Did you mean --overwrite?)`: the second line is our
 * hint.
 */
export function asUsageError(error: unknown): unknown {
  if (!(error instanceof CommanderError)) return error;
  const [first = '', suggestion] = error.message.split('\n');
  const hint = suggestion?.replace(/^\(|\)$/g, '');
  return new DatasetsError('USAGE', first.replace(/^error: /, ''), {
    hint: hint ?? 'ailab-datasets help <command> lists arguments and options.',
  });
}
