import { DatasetsError } from '../core/errors/index.js';

/** For something in a directory that can't be a version. */
export function notAdoptable(message: string, hint: string, at: { file?: string; field?: string } = {}): DatasetsError {
  return new DatasetsError('UNSUPPORTED', message, { hint: `${hint} Nothing was published.`, at });
}

/** A fault of a shard, as it is for somebody who takes it in: there is no publication yet that it could be restored from. */
export function asInputError(error: unknown, file: string): unknown {
  if (!(error instanceof DatasetsError) || (error.code !== 'DATA_CORRUPT' && error.code !== 'EXAMPLE_INVALID'))
    return error;
  return new DatasetsError('SOURCE_MALFORMED', error.message, {
    hint: 'Nothing was published. Have the file written again by what made it.',
    cause: error,
    at: { ...error.at, file },
  });
}

/** For `--split` where the directory tells. */
export function splitsAreSaid(location: string): DatasetsError {
  return new DatasetsError('USAGE', `${location} says itself which files make a split`, { hint: 'Leave out --split.' });
}
