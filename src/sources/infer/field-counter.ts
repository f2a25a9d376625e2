import { DistinctTexts } from './distinct-texts.js';
import type { FieldFacts, FieldType } from './field-facts.js';
import { nearlyOfType, type SeenKind, scalarType } from './resolve-type.js';
import { bigintOf, epochMilliseconds, kindOfText, kindOfValue, type ValueKind, WholeFloat } from './value-kind.js';

/** What a file's schema says of a column. */
export type DeclaredType =
  | { readonly kind: 'leaf'; readonly type: FieldType; readonly dtype?: string }
  | { readonly kind: 'list'; readonly element: DeclaredType }
  | { readonly kind: 'struct'; readonly fields: readonly DeclaredField[] };

export interface DeclaredField {
  readonly name: string;
  readonly type: DeclaredType;
}

/** Kinds of types whose values may be names of classes. */
const withClasses: readonly FieldType['kind'][] = ['string', 'int64', 'uint64', 'bool'];

/** An object with more properties is a map whose keys are data. */
const mostProperties = 1000;

/** Where a value stands; asked only for the first of a kind. */
export type Place = () => string;

/** What the values of one field have shown so far. Memory: at most a hundred short texts, and the same for each field inside. */
export class FieldCounter {
  readonly #fromText: boolean;
  readonly #kinds = new Map<ValueKind, SeenKind>();
  readonly #distinct = new DistinctTexts();
  #values = 0;
  #minimum: number | bigint | undefined;
  #maximum: number | bigint | undefined;
  #earliest: { readonly at: number; readonly text: string } | undefined;
  #latest: { readonly at: number; readonly text: string } | undefined;
  #element: FieldCounter | undefined;
  #elements = 0;
  #shortest = Number.POSITIVE_INFINITY;
  #longest = 0;
  #properties: Map<string, FieldCounter> | undefined;

  /** @param fromText values are fields of a CSV file: what they are is written in their text, and text is what they are otherwise. */
  constructor(fromText: boolean) {
    this.#fromText = fromText;
  }

  /** A field of a CSV file; an empty one is no value. */
  takeText(text: string, place: Place): void {
    if (text === '') return;
    const kind = kindOfText(text);
    this.#see(kind, place);
    if (kind === 'int64') this.#takeNumber(text.length <= 15 ? Number(text) : bigintOf(text));
    else if (kind === 'uint64' || kind === 'integer') this.#takeNumber(bigintOf(text));
    else if (kind === 'float64') this.#takeNumber(Number(text));
    else if (kind !== 'bool' && kind !== 'text') this.#takeTime(text);
    this.#distinct.add(text);
  }

  takeValue(value: unknown, place: Place): void {
    const kind = kindOfValue(value);
    if (kind === undefined) return;
    this.#see(kind, place);
    if (typeof value === 'string') {
      if (kind !== 'text') this.#takeTime(value);
      this.#distinct.add(value);
    } else if (typeof value === 'number' || typeof value === 'bigint') {
      this.#takeNumber(value);
      this.#distinct.add(String(value));
    } else if (typeof value === 'boolean') this.#distinct.add(String(value));
    else if (value instanceof WholeFloat) this.#takeNumber(value.value);
    else if (value instanceof Date) this.#takeTime(value.toISOString());
    else if (kind === 'list') this.#takeList(Array.from(value as ArrayLike<unknown>), place);
    else if (kind === 'struct') this.#takeObject(value as object, place);
  }

  /**
   * What was found.
   *
   * @param rows examples that were read.
   * @param declared the type in the file's schema, where it has one.
   */
  facts(name: string, rows: number, declared?: DeclaredType): FieldFacts {
    const type = declared === undefined ? this.#inferredType() : this.#typeAs(declared);
    // Nobody has counted the values of a column that isn't read.
    const missing = type.kind === 'unsupported' && declared !== undefined ? 0 : rows - this.#values;
    const distinct = withClasses.includes(type.kind) ? this.#distinct.list(this.#values) : undefined;
    const except = type.kind === 'string' ? nearlyOfType(this.#kinds, this.#values) : undefined;
    return {
      name,
      type,
      optional: missing > 0,
      rows,
      missing,
      ...this.#range(type),
      ...(distinct !== undefined && { distinct }),
      ...(declared?.kind === 'leaf' && declared.dtype !== undefined && { dtype: declared.dtype }),
      ...(except !== undefined && { except }),
    };
  }

  #inferredType(): FieldType {
    const scalar = scalarType(this.#kinds, this.#minimum, this.#fromText);
    if (scalar !== undefined) return scalar;
    if (this.#element !== undefined) return this.#listOf(undefined);
    if (this.#properties === undefined)
      return { kind: 'unsupported', reason: `its values are objects with more than ${mostProperties} different names` };
    const fields = [...this.#properties].map(([name, counter]) => counter.facts(name, this.#values));
    return { kind: 'struct', fields };
  }

  #typeAs(declared: DeclaredType): FieldType {
    if (declared.kind === 'leaf') return declared.type;
    if (declared.kind === 'list') return this.#listOf(declared.element);
    const fields = declared.fields.map(({ name, type }) =>
      (this.#properties?.get(name) ?? new FieldCounter(false)).facts(name, this.#values, type),
    );
    return { kind: 'struct', fields };
  }

  #listOf(declared: DeclaredType | undefined): FieldType {
    const element = this.#element ?? new FieldCounter(false);
    return {
      kind: 'list',
      element: element.facts('element', this.#elements, declared),
      lengths: { minimum: Math.min(this.#shortest, this.#longest), maximum: this.#longest },
    };
  }

  #see(kind: ValueKind, place: Place): void {
    const seen = this.#kinds.get(kind);
    if (seen === undefined) this.#kinds.set(kind, { count: 1, firstValue: this.#values, firstPlace: place() });
    else seen.count++;
    this.#values++;
  }

  #takeNumber(value: number | bigint): void {
    if (typeof value === 'number' && !Number.isFinite(value)) return;
    if (this.#minimum === undefined || value < this.#minimum) this.#minimum = value;
    if (this.#maximum === undefined || value > this.#maximum) this.#maximum = value;
  }

  #takeTime(text: string): void {
    const at = epochMilliseconds(text);
    if (at === undefined) return;
    if (this.#earliest === undefined || at < this.#earliest.at) this.#earliest = { at, text };
    if (this.#latest === undefined || at > this.#latest.at) this.#latest = { at, text };
  }

  #takeList(list: readonly unknown[], place: Place): void {
    this.#element ??= new FieldCounter(false);
    this.#elements += list.length;
    this.#shortest = Math.min(this.#shortest, list.length);
    this.#longest = Math.max(this.#longest, list.length);
    for (const element of list) this.#element.takeValue(element, place);
  }

  #takeObject(object: object, place: Place): void {
    const isFirst = this.#kinds.get('struct')?.count === 1;
    if (isFirst) this.#properties = new Map();
    const properties = this.#properties;
    if (properties === undefined) return;
    for (const [name, value] of Object.entries(object)) {
      let counter = properties.get(name);
      if (counter === undefined) {
        counter = new FieldCounter(false);
        properties.set(name, counter);
      }
      counter.takeValue(value, place);
    }
    if (properties.size > mostProperties) this.#properties = undefined;
  }

  #range(type: FieldType): Pick<FieldFacts, 'minimum' | 'maximum'> {
    const [minimum, maximum] = [this.#minimum, this.#maximum];
    if (type.kind === 'date' || type.kind === 'timestamp') {
      if (type.kind === 'timestamp' && type.unit !== undefined && minimum !== undefined && maximum !== undefined)
        return { minimum: timestampText(minimum, type.unit), maximum: timestampText(maximum, type.unit) };
      if (this.#earliest === undefined || this.#latest === undefined) return {};
      const length = type.kind === 'date' ? 'YYYY-MM-DD'.length : undefined;
      return { minimum: this.#earliest.text.slice(0, length), maximum: this.#latest.text.slice(0, length) };
    }
    if (minimum === undefined || maximum === undefined) return {};
    if (type.kind === 'int64' || type.kind === 'uint64') return { minimum: BigInt(minimum), maximum: BigInt(maximum) };
    return type.kind === 'float64' ? { minimum: Number(minimum), maximum: Number(maximum) } : {};
  }
}

/** A count of units since 1970, to the millisecond. */
function timestampText(count: number | bigint, unit: 's' | 'ms' | 'us' | 'ns'): string {
  const milliseconds = unit === 's' ? BigInt(count) * 1000n : BigInt(count) / unitsInMillisecond[unit];
  const date = new Date(Number(milliseconds));
  return Number.isNaN(date.getTime()) ? `${count} ${unit}` : date.toISOString();
}

const unitsInMillisecond = { ms: 1n, us: 1_000n, ns: 1_000_000n } as const;
