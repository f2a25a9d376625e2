import type { RowArena } from '../row-arena.js';
import type { FieldEncoder } from './field-encoder.js';
import type { FieldSite } from './field-site.js';
import type { Levels } from './levels.js';

type Elements = ArrayLike<unknown>;

/**
 * Encodes lists: fills in its level of lengths and hands all elements of all lists, flat, to the encoder of the element. Leaves lie
 * column by column in a row, so a list of records is turned into a list for each of their fields (RecordEncoder).
 */
export class SequenceEncoder implements FieldEncoder {
  readonly #element: FieldEncoder;
  readonly #site: FieldSite;
  readonly #levels: Levels;
  readonly #length: number | null;
  readonly #takesIterables: boolean;
  readonly #flat: unknown[] = [];

  /** @param site where the list stands, not its elements; @param takesIterables whether generators are taken (`dataset`) */
  constructor(element: FieldEncoder, site: FieldSite, length: number | null, takesIterables: boolean) {
    this.#element = element;
    this.#site = site;
    this.#levels = site.levels;
    this.#length = length;
    this.#takesIterables = takesIterables;
  }

  encode(value: unknown, arena: RowArena): void {
    const elements = this.#elementsOf(value, 0);
    const level = this.#site.depth;
    this.#levels.at(level)[0] = elements.length;
    this.#levels.counts[level] = 1;
    this.#element.encodeAll(elements, elements.length, arena);
  }

  encodeAll(values: Elements, count: number, arena: RowArena): void {
    const level = this.#site.depth;
    const lengths = this.#levels.at(level);
    const flat = this.#flat;
    let total = 0;
    for (let index = 0; index < count; index++) {
      const elements = this.#elementsOf(values[index], index);
      lengths[index] = elements.length;
      for (let at = 0; at < elements.length; at++) flat[total++] = elements[at];
    }
    this.#levels.counts[level] = count;
    this.#element.encodeAll(flat, total, arena);
    // Scratch keeps its room but not what the author gave.
    flat.fill(undefined, 0, total);
  }

  #elementsOf(value: unknown, index: number): Elements {
    const elements = this.#asArray(value);
    if (elements === undefined) {
      return this.#site.reject(value, this.#takesIterables ? 'an iterable' : 'an array', { index });
    }
    if (this.#length !== null && elements.length !== this.#length) {
      this.#site.reject(value, `${this.#length} elements`, { index, reason: `there are ${elements.length}` });
    }
    return elements;
  }

  #asArray(value: unknown): Elements | undefined {
    if (Array.isArray(value)) return value;
    if (ArrayBuffer.isView(value)) return value instanceof DataView ? undefined : (value as unknown as Elements);
    if (!this.#takesIterables || typeof value !== 'object' || value === null || !(Symbol.iterator in value))
      return undefined;
    return Array.from(value as Iterable<unknown>);
  }
}
