import { type FingerprintParts, unknownPart } from '../fingerprint/fingerprint-parts.js';
import type { PartsNow } from './parts-now.js';
import { textDifference } from './text-difference.js';

export type PartStatus = 'same' | 'changed' | 'added' | 'removed' | 'unknown';

/** A part of a fingerprint, then and now. */
export interface PartReport {
  /** `module helpers/clean.ts`, `source items.csv`, ... */
  readonly part: string;
  readonly status: PartStatus;
  /** The value of the part, or undefined where there was none, or nobody can tell. */
  readonly before?: string;
  readonly after?: string;
  /** Of a module, a query or the schema that has changed: as `diff -u` shows it. */
  readonly diff?: string;
  /** Bytes of a source. */
  readonly bytesBefore?: number;
  readonly bytesAfter?: number;
  /** Of a version that this one was made from. */
  readonly rowsBefore?: number;
  readonly rowsAfter?: number;
  /** What else is to be said of it, in words. */
  readonly note?: string;
}

/** A fingerprint that gives a version's content: the published one, or one that was attested. */
export type KnownFingerprint = Omit<FingerprintParts, 'digest'>;

/** Parts that a source gives: where one can't be looked at, nobody knows which of them are gone. */
const sourceKinds = ['source', 'query', 'parameters', 'upstream', 'fact', 'file'];

/** Compares part by part, in the order of their names. */
export function compareParts(
  known: KnownFingerprint,
  now: Pick<PartsNow, 'parts' | 'texts' | 'unknown'>,
): readonly PartReport[] {
  const names = [...new Set([...Object.keys(known.parts), ...Object.keys(now.parts)])].sort();
  const reasons = Object.entries(now.unknown).map(([source, why]) => `${source}: ${why}`);
  return names.map((part): PartReport => {
    const before = known.parts[part];
    const after = now.parts[part];
    const values = { ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
    const isOfSource = sourceKinds.includes(part.split(' ', 1)[0] ?? '');
    if (after === undefined && isOfSource && reasons.length > 0) {
      return { part, status: 'unknown', ...values, note: reasons.join('; ') };
    }
    if (before === unknownPart || after === unknownPart) {
      return { part, status: 'unknown', note: before === unknownPart ? 'it was not known then' : "it can't be told" };
    }
    // What a source reads, which can't be looked at, is no file that code reads by itself.
    if (before === undefined && part.startsWith('file ') && reasons.length > 0) {
      return { part, status: 'unknown', ...values, note: reasons.join('; ') };
    }
    if (before === undefined) return { part, status: 'added', ...values };
    if (after === undefined) return { part, status: 'removed', ...values };
    if (before === after) return { part, status: 'same', ...values };
    const [old, text] = [known.texts[part], now.texts[part]];
    return {
      part,
      status: 'changed',
      ...values,
      ...(old !== undefined && text !== undefined && { diff: textDifference(old, text) }),
    };
  });
}

/** Whether a part is another one than it was. */
export function isDifferent({ status }: PartReport): boolean {
  return status === 'changed' || status === 'added' || status === 'removed';
}

/** Compares with the fingerprint that is nearest: of several with as few differences, the first. */
export function compareWithNearest(known: readonly KnownFingerprint[], now: PartsNow): readonly PartReport[] {
  const reports = known.map((fingerprint) => compareParts(fingerprint, now));
  const differences = reports.map((parts) => parts.filter(isDifferent).length);
  return reports[differences.indexOf(Math.min(...differences))] ?? [];
}
