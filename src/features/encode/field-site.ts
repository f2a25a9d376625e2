import { DatasetsError } from '../../core/errors/index.js';
import type { FeatureDocumentation } from '../feature.js';
import { describeValue } from './describe-value.js';
import type { Levels } from './levels.js';

export interface Rejection {
  /** Which element of the sequences around the field it is. */
  readonly index?: number | undefined;
  /** What is wrong, where `expected` alone doesn't say it. */
  readonly reason?: string | undefined;
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** Marks a level whose sequence the author doesn't see: an optional value stored as a sequence of none or one. */
const unseenLevel = null;

/** Where in the example a field stands, and whether its values may be shown: what an error about it needs. */
export class FieldSite {
  /** Names, with a `number` (the level) where an index goes. */
  readonly #path: readonly (string | number | typeof unseenLevel)[];
  readonly #levels: Levels;
  /** How many sequences there are around it. */
  readonly depth: number;
  readonly isPrivate: boolean;

  constructor(levels: Levels, path: FieldSite['path'] = [], depth = 0, isPrivate = false) {
    this.#levels = levels;
    this.#path = path;
    this.depth = depth;
    this.isPrivate = isPrivate;
  }

  get path(): readonly (string | number | typeof unseenLevel)[] {
    return this.#path;
  }

  get levels(): Levels {
    return this.#levels;
  }

  field(name: string, documentation: FeatureDocumentation): FieldSite {
    return new FieldSite(this.#levels, [...this.#path, name], this.depth, this.isPrivate || isPrivate(documentation));
  }

  element(documentation: FeatureDocumentation): FieldSite {
    const path = [...this.#path, this.depth];
    return new FieldSite(this.#levels, path, this.depth + 1, this.isPrivate || isPrivate(documentation));
  }

  unseenElement(): FieldSite {
    return new FieldSite(this.#levels, [...this.#path, unseenLevel], this.depth + 1, this.isPrivate);
  }

  /** `steps[3]/reward` */
  pathOf(element: number): string {
    const indexes = this.#levels.indexesOf(element, this.depth);
    let path = '';
    for (const part of this.#path) {
      if (typeof part === 'number') path += `[${indexes[part]}]`;
      else if (part !== unseenLevel) path += path === '' ? part : `/${part}`;
    }
    return path === '' ? 'the example' : path;
  }

  /** @throws {DatasetsError} EXAMPLE_INVALID: what was expected at this field, and what came. */
  reject(value: unknown, expected: string, rejection: Rejection = {}): never {
    const got = this.isPrivate && value !== undefined ? 'a value that is not shown (pii)' : describeValue(value);
    const reason = rejection.reason === undefined ? '' : ` (${rejection.reason})`;
    const hint = rejection.hint ?? (value === undefined || value === null ? missingHint : wrongHint);
    this.fail(`expected ${expected}, got ${got}${reason}`, { ...rejection, hint });
  }

  /** @throws {DatasetsError} EXAMPLE_INVALID with a message of its own after the field's path */
  fail(problem: string, { index = 0, hint, cause }: Omit<Rejection, 'reason'>): never {
    const field = this.pathOf(index);
    throw new DatasetsError('EXAMPLE_INVALID', `${field}: ${problem}`, {
      cause,
      at: { field },
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

const missingHint = 'Give the field a value, or declare it optional(...).';
const wrongHint = 'Convert the value before it becomes an example, or change the feature.';

function isPrivate(documentation: FeatureDocumentation): boolean {
  return documentation.pii !== undefined;
}
