import { DatasetsError } from '../../core/errors/index.js';
import type { BuildOutcomeName, BuildReport } from '../../registry/index.js';

/** An error as plain data, without what may hold values of the data. */
export type ReportedError = NonNullable<BuildReport['error']>;

/** Errors whose text somebody else wrote: an exception of the author's code may name any value of the data, and so may what a runner says of it. */
const foreignTexts: ReadonlySet<string> = new Set(['USER_CODE', 'JOB_FAILED', 'INTERNAL']);
const interruptions: ReadonlySet<string> = new Set(['INTERRUPTED', 'PREEMPTED']);
/** Rules that look at what was built. */
const refusals: ReadonlySet<string> = new Set(['VERSION_IMMUTABLE', 'VERSION_BUMP_TOO_SMALL', 'GUARD_FAILED']);
const mostCharacters = 4000;

export function outcomeOf(error: unknown): BuildOutcomeName {
  if (!(error instanceof DatasetsError)) return 'failed';
  if (interruptions.has(error.code)) return 'interrupted';
  return refusals.has(error.code) ? 'refused' : 'failed';
}

/** An error as a report keeps it: what people saw, which hides private values; of what the author's code threw only its kind and where it was. */
export function reportedError(error: unknown): ReportedError {
  if (!(error instanceof DatasetsError)) {
    return { code: 'INTERNAL', message: `an unexpected ${kindOf(error)} (its text is not kept)`, at: {} };
  }
  const { code, hint } = error;
  const at = Object.fromEntries(Object.entries(error.at).filter(([, part]) => part !== undefined));
  if (!foreignTexts.has(code)) {
    const message = error.message.slice(0, mostCharacters);
    return { code, message, ...(hint !== undefined && { hint }), at };
  }
  const where = error.at.transform ?? 'the code of the data set';
  return {
    code,
    message: `${where} failed with ${kindOf(innermost(error))} (its text is not kept, since it may hold values of the data)`,
    hint: 'Run the build again to see the text: ailab-datasets build --runner inline.',
    at,
  };
}

/** Chains of causes are short; a cycle ends the walk. */
function innermost(error: Error): unknown {
  const seen = new Set<unknown>();
  let current: unknown = error;
  while (current instanceof Error && current.cause !== undefined && !seen.has(current)) {
    seen.add(current);
    current = current.cause;
  }
  return current;
}

/** `TypeError`, `Error ECONNREFUSED`: a name of a class, and a code of the system's, never free text. */
function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return 'something that is no Error';
  const name = /^[A-Za-z]\w{0,60}$/.test(error.name) ? error.name : 'Error';
  const code = 'code' in error && typeof error.code === 'string' && /^E[A-Z]{2,20}$/.test(error.code) ? error.code : '';
  return code === '' ? name : `${name} ${code}`;
}
