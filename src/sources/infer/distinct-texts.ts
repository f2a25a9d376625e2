/** More are no names of classes, and longer ones no names. */
const mostTexts = 100;
const longestText = 100;

/** The different values of a field, for as long as they are few. */
export class DistinctTexts {
  #texts: Set<string> | undefined = new Set();

  add(text: string): void {
    const texts = this.#texts;
    if (texts === undefined || texts.has(text)) return;
    if (texts.size === mostTexts || text.length > longestText) this.#texts = undefined;
    // A copy: a slice of a file's block would keep all of the block in memory.
    else texts.add(Buffer.from(text, 'utf8').toString('utf8'));
  }

  /** Sorted by their code units, integers by their size; undefined when there are many, or most of `values` come once. */
  list(values: number): readonly string[] | undefined {
    const texts = this.#texts;
    if (texts === undefined || texts.size === 0 || values < 2 * texts.size) return undefined;
    const sorted = [...texts].sort();
    if (!sorted.every((text) => /^[+-]?\d{1,15}$/.test(text))) return sorted;
    return sorted.sort((a, b) => Number(a) - Number(b));
  }
}
