import { nearest } from '../errors/index.js';

/** More names than these hide the one that was meant. */
const mostNames = 12;

/**
 * The hint for an unknown name: the nearest candidate, and all of them where they are few.
 *
 * @param kind what the candidates are, in the plural: `splits`.
 * @example
 * ```ts
 * nearestHint('tran', ['train', 'test'], 'splits'); // 'Did you mean train? The splits are: train, test.'
 * ```
 */
export function nearestHint(name: string, candidates: Iterable<string>, kind: string): string {
  const known = [...candidates];
  if (known.length === 0) return `There are no ${kind}.`;
  const meant = nearest(name, [...known].sort());
  const question = meant === undefined ? '' : `Did you mean ${meant}? `;
  const shown = known.slice(0, mostNames).join(', ');
  const rest = known.length > mostNames ? `, and ${known.length - mostNames} more` : '';
  return `${question}The ${kind} are: ${shown}${rest}.`;
}
