/**
 * The candidate that a misspelt name most likely meant, for hints; undefined when none is close.
 *
 * Close is at most a third of the name's letters away (at least one), counting an insertion, a deletion, a replacement and a swap of
 * neighbours as one each (optimal string alignment), without regard to case. Among equals the first wins.
 *
 * @example
 * ```ts
 * nearest('prodcut_a', ['product_a', 'product_b']); // 'product_a'
 * ```
 */
export function nearest<const C extends string>(name: string, candidates: Iterable<C>): C | undefined {
  const wanted = name.toLowerCase();
  let best: C | undefined;
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** O(|a| * |b|): names are short and few. */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(at(previous, j) + 1, at(current, j - 1) + 1, at(previous, j - 1) + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) cost = Math.min(cost, at(beforePrevious, j - 2) + 1);
      current.push(cost);
    }
    [beforePrevious, previous] = [previous, current];
  }
  return at(previous, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
