import { DatasetsError } from '../core/errors/index.js';
import { parseJson } from '../core/json/index.js';

/** A message in proto JSON: absent fields have their default, and int64 are text or numbers. */
export class ProtoJson {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #file: string;

  constructor(value: unknown, file: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw invalid(file, 'an object is missing');
    this.#fields = value as Readonly<Record<string, unknown>>;
    this.#file = file;
  }

  static parse(bytes: Uint8Array, file: string): ProtoJson {
    return new ProtoJson(parseJson(bytes, file), file);
  }

  value(name: string): unknown {
    return Object.hasOwn(this.#fields, name) ? this.#fields[name] : undefined;
  }

  /** Undefined also for the empty string, which proto3 doesn't tell from an absent field. */
  text(name: string): string | undefined {
    const value = this.value(name);
    if (value === undefined || value === '') return undefined;
    if (typeof value !== 'string') throw invalid(this.#file, `${name} is no text`);
    return value;
  }

  required(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw invalid(this.#file, `${name} is missing`);
    return value;
  }

  object(name: string): ProtoJson | undefined {
    const value = this.value(name);
    return value === undefined ? undefined : new ProtoJson(value, this.#file);
  }

  list(name: string): readonly unknown[] {
    const value = this.value(name) ?? [];
    if (!Array.isArray(value)) throw invalid(this.#file, `${name} is no list`);
    return value;
  }

  objects(name: string): readonly ProtoJson[] {
    return this.list(name).map((value) => new ProtoJson(value, this.#file));
  }

  texts(name: string): readonly string[] {
    return this.list(name).filter((value) => typeof value === 'string');
  }

  textRecord(): Readonly<Record<string, string>> {
    const texts = Object.entries(this.#fields).filter(([, value]) => typeof value === 'string');
    return Object.fromEntries(texts.map(([key, value]) => [key, String(value)]));
  }

  integer(value: unknown): number {
    const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0) {
      throw invalid(this.#file, `${JSON.stringify(value)} is no count`);
    }
    return number;
  }
}

function invalid(file: string, what: string, cause?: unknown): DatasetsError {
  return new DatasetsError('MANIFEST_INVALID', `${file} is not what tfds writes: ${what}`, {
    hint: 'Prepare the data set again with tfds, or remove the directory.',
    cause,
    at: { file },
  });
}
