import { DatasetsError } from '../../core/errors/index.js';
import type { RetentionChoice, RetentionRules } from '../retention.js';

/** What the options of `sql()` say of keeping its result. */
export interface RetentionOptions {
  readonly retain?: RetentionChoice;
  readonly retainPrivate?: string;
}

export interface ChosenRetention {
  readonly keep: RetentionChoice;
  /** Largest that is kept; undefined where the author has chosen. */
  readonly mostBytes: number | undefined;
  /** Of keeping nothing, in a sentence. */
  readonly why: string;
}

/**
 * Decides what is kept of a query's result. With personal data in the features nothing is kept unless the author gives the reason: what a query gives was not masked, dropped or pseudonymised yet.
 *
 * @param description of the source, for messages
 * @throws DatasetsError PRIVACY_POLICY_MISSING where the author chose to keep it and gives no reason
 */
export function chooseRetention(
  description: string,
  { retain, retainPrivate }: RetentionOptions,
  { mostBytes, privateKinds, isSample }: RetentionRules,
): ChosenRetention {
  const nothing = (why: string): ChosenRetention => ({ keep: 'none', mostBytes: undefined, why });
  if (retain === 'none') return nothing('its author keeps nothing of it');
  const hasReason = retainPrivate !== undefined && retainPrivate.trim() !== '';
  if (privateKinds.length > 0 && !hasReason) {
    if (retain !== undefined) throw reasonMissing(description, retain, privateKinds);
    return nothing(`its result may hold personal data (${privateKinds.join(', ')}) as it was before any policy`);
  }
  if (isSample) return nothing('this is a sample of the first examples');
  return { keep: retain ?? 'extract', mostBytes: retain === undefined ? mostBytes : undefined, why: '' };
}

function reasonMissing(source: string, retain: RetentionChoice, kinds: readonly string[]): DatasetsError {
  return new DatasetsError(
    'PRIVACY_POLICY_MISSING',
    `${source} is to be kept (retain: '${retain}'), and the features hold personal data (${kinds.join(', ')}): what the query gives would be kept as it was before any policy`,
    {
      hint: "Say why that may be kept: retainPrivate: 'read by the owners alone'. Or leave retain out, and nothing is kept.",
      at: { source },
    },
  );
}
