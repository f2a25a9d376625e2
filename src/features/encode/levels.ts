/**
 * The lengths of the sequences around the values that are being encoded, level by level, outermost first. One object serves a whole
 * row encoder: a sequence at level `k` fills in `lengths[k]` and `counts[k]` before the leaves below it are encoded.
 */
export class Levels {
  /** `lengths[k][i]` elements in sequence `i` of level `k`. Arrays are reused and may be longer than `counts[k]`. */
  readonly lengths: number[][] = [];
  /** How many sequences level `k` has: the sum of the lengths of level `k - 1`, 1 for the outermost. */
  readonly counts: number[] = [];

  /** The reusable array of a level. */
  at(level: number): number[] {
    const known = this.lengths[level];
    if (known !== undefined) return known;
    const fresh: number[] = [];
    this.lengths[level] = fresh;
    return fresh;
  }

  /** Which elements an element of level `depth` lies in: its index at each level, outermost first. */
  indexesOf(element: number, depth: number): number[] {
    const indexes: number[] = [];
    let rest = element;
    for (let level = depth - 1; level >= 0; level--) {
      const lengths = this.at(level);
      let parent = 0;
      for (; rest >= (lengths[parent] ?? Infinity); parent++) rest -= lengths[parent] ?? 0;
      indexes[level] = rest;
      rest = parent;
    }
    return indexes;
  }
}
