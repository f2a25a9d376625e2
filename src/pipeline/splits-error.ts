import { DatasetsError } from '../core/errors/index.js';

/** What an author's `splits()` threw, as an error that names the data set. */
export function splitsError(thrown: unknown, dataset: string): DatasetsError {
  if (thrown instanceof DatasetsError) return thrown;
  const described = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return new DatasetsError('USER_CODE', `splits() of ${dataset} failed: ${described}`, {
    hint: "The cause holds the function's own stack.",
    cause: thrown,
    at: { dataset },
  });
}
