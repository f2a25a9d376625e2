import { outcomeOf, type ReportedError, reportedError } from '../build/index.js';
import { isTransient, packError, unpackError } from '../core/errors/index.js';

/** An error as plans and reports hold it: plain data, without the texts of authors' exceptions, which may hold values of the data. */
export interface StepError extends ReportedError {
  /** Whether the fault lay with a machine or a network, so that the same may succeed later. */
  readonly isTransient: boolean;
  /** Whether a rule refuses what was built, or would be, until a person decides. */
  readonly isRefusal: boolean;
}

export function stepError(thrown: unknown): StepError {
  // A builder may have loaded a second copy of this package, whose errors are known by their shape alone: packing makes them ours.
  const error = unpackError(packError(thrown));
  return { ...reportedError(error), isTransient: isTransient(error), isRefusal: outcomeOf(error) === 'refused' };
}
