import { DatasetsError } from '../../core/errors/index.js';
import type { CheckFinding, CheckProblem } from './check-report.js';

/** What went wrong while a data set was looked at, as a finding about it. */
export function failedTo(problem: CheckProblem, dataset: string, thrown: unknown, config?: string): CheckFinding {
  const known = thrown instanceof DatasetsError;
  return {
    severity: 'error',
    problem,
    dataset,
    config,
    // What an author's code throws may quote data, and a monitor shows findings to everybody.
    message: known && thrown.code !== 'USER_CODE' ? thrown.message : `the code of ${dataset} throws an error`,
    hint: (known ? thrown.hint : undefined) ?? `ailab-datasets why ${dataset} --verbose shows it.`,
  };
}
