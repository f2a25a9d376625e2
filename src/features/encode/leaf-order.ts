import { invalidFeature } from '../declare/invalid-feature.js';
import type { Leaf } from '../leaf.js';

/** The order of a schema's leaves in a row, and what follows from it for the fields of its records. */
export class LeafOrder {
  readonly #keys: readonly string[];

  /** @param leaves as `leavesOf` gives them */
  constructor(leaves: readonly Leaf[]) {
    this.#keys = leaves.map(({ key }) => key);
  }

  /**
   * Names of fields in the order of their leaves; fields without leaves come last.
   *
   * @throws {DatasetsError} FEATURE_INVALID when a name with a slash puts a leaf of one field between those of another
   */
  sortFields(fields: readonly { readonly name: string; readonly key: string }[]): readonly string[] {
    const ranges = fields.map(({ name, key }) => ({ name, ...this.#rangeOf(key) })).sort((a, b) => a.first - b.first);
    for (const [index, { name, last }] of ranges.entries()) {
      const next = ranges[index + 1];
      if (next === undefined || last < next.first) continue;
      throw invalidFeature(
        `leaves of the fields '${name}' and '${next.name}' lie among each other`,
        'Rename the field that has a slash in its name, or nest it as a record.',
      );
    }
    return ranges.map(({ name }) => name);
  }

  #rangeOf(fieldKey: string): { readonly first: number; readonly last: number } {
    const isBelow = (key: string) => key === fieldKey || key.startsWith(`${fieldKey}/`);
    const first = this.#keys.findIndex(isBelow);
    if (first < 0) return { first: this.#keys.length, last: -1 };
    return { first, last: this.#keys.findLastIndex(isBelow) };
  }
}
