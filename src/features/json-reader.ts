import { DatasetsError } from '../core/errors/index.js';

/** Reads parts of parsed JSON by their expected types; what doesn't fit is an error that names its place. */
export class JsonReader {
  readonly #value: unknown;
  readonly #place: string;

  constructor(value: unknown, place: string) {
    this.#value = value;
    this.#place = place;
  }

  get isThere(): boolean {
    return this.#value !== undefined && this.#value !== null;
  }

  field(name: string): JsonReader {
    return new JsonReader(this.#object()[name], `${this.#place}.${name}`);
  }

  fields(): readonly (readonly [string, JsonReader])[] {
    return Object.keys(this.#object()).map((name) => [name, this.field(name)] as const);
  }

  items(): readonly JsonReader[] {
    const value = this.#value;
    if (!Array.isArray(value)) throw this.wrong('a list');
    return value.map((item, index) => new JsonReader(item, `${this.#place}[${index}]`));
  }

  text(): string {
    if (typeof this.#value !== 'string') throw this.wrong('a text');
    return this.#value;
  }

  /** A number, or its text, as proto JSON shows int64. */
  number(): number {
    const number = typeof this.#value === 'string' ? Number(this.#value) : this.#value;
    if (typeof number !== 'number' || Number.isNaN(number)) throw this.wrong('a number');
    return number;
  }

  boolean(): boolean {
    if (typeof this.#value !== 'boolean') throw this.wrong('true or false');
    return this.#value;
  }

  oneOf<const T extends string>(choices: readonly T[]): T {
    const found = choices.find((choice) => choice === this.#value);
    if (found === undefined) throw this.wrong(`one of ${choices.join(', ')}`);
    return found;
  }

  optional<T>(read: (reader: JsonReader) => T): T | undefined {
    return this.isThere ? read(this) : undefined;
  }

  wrong(expected: string): DatasetsError {
    const found = JSON.stringify(this.#value) ?? 'nothing';
    return new DatasetsError('MANIFEST_INVALID', `${this.#place} should be ${expected}, and is ${found.slice(0, 80)}`, {
      hint: 'The file was changed or written by something else: build the version again, or verify it.',
    });
  }

  #object(): Readonly<Record<string, unknown>> {
    const value = this.#value;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw this.wrong('an object');
    return value as Readonly<Record<string, unknown>>;
  }
}
