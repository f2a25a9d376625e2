/** Beyond this nobody mistyped a name, and the distance would cost time. */
const longestName = 200;

/**
 * The candidate that was probably meant, or undefined when none is near.
 *
 * Distance counts insertions, deletions, substitutions and swaps of neighbours (optimal string alignment), without regard to case; a third of the
 * name may differ. Ties go to the alphabetically first, so that messages are stable.
 *
 * @example
 * ```ts
 * suggestNearest('mnsit', ['mnist', 'product_a']); // 'mnist'
 * ```
 */
export function suggestNearest(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > longestName) return undefined;
  const wanted = name.toLowerCase();
  let nearest: string | undefined;
  let nearestDistance = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of [...candidates].sort()) {
    if (Math.abs(candidate.length - name.length) >= nearestDistance) continue;
    const distance = alignmentDistance(wanted, candidate.toLowerCase());
    if (distance < nearestDistance) {
      nearestDistance = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

/**
 * The hint for an unknown name: the nearest candidate, and all of them where they are few.
 *
 * @param kind what the candidates are, in the plural: `splits`.
 */
export function nearestHint(name: string, candidates: Iterable<string>, kind: string): string {
  const known = [...candidates];
  const nearest = suggestNearest(name, known);
  const question = nearest === undefined ? '' : `Did you mean ${nearest}? `;
  if (known.length === 0) return `There are no ${kind}.`;
  const shown = known.slice(0, 12).join(', ');
  const rest = known.length > 12 ? `, and ${known.length - 12} more` : '';
  return `${question}The ${kind} are: ${shown}${rest}.`;
}

function alignmentDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + substitution);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, at(beforeLast, j - 2) + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
