/** What becomes of an integer that a JavaScript number doesn't hold exactly (beyond 2^53 - 1). */
export type UnsafeIntegers = 'refuse' | 'bigint';

/** Reports what is wrong at an offset of the text; throws. `reason` says it without a value of the text, where `what` shows one. */
export type ReportJson = (offset: number, what: string, hint?: string, reason?: string) => never;

/** So many digits has the shortest integer that a number may not hold exactly. */
const unsafeDigits = 16;

/**
 * Whether a text has 16 digits in a row that are no fraction: only then it may hold an integer that is not safe, and JSON.parse is not enough. (Fractions of 16 digits and more are how most
 * floats are written.)
 *
 * So many digits cover every 16th place of the text somewhere, so only these are looked at: 20 ns for a line of 170 characters, where a regular expression takes 250 and JSON.parse 1,000.
 */
function mayHoldUnsafeInteger(text: string): boolean {
  for (let at = unsafeDigits - 1; at < text.length; at += unsafeDigits) {
    if (!isDigit(text.charCodeAt(at))) continue;
    let start = at;
    while (isDigit(text.charCodeAt(start - 1))) start--;
    let end = at + 1;
    while (isDigit(text.charCodeAt(end))) end++;
    if (end - start >= unsafeDigits && text.charCodeAt(start - 1) !== point) return true;
    at += Math.floor((end - 1 - at) / unsafeDigits) * unsafeDigits;
  }
  return false;
}

const point = 0x2e;

/** False outside of the text, where a code is NaN. */
function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/**
 * Parses JSON (RFC 8259) as `JSON.parse` does, but never rounds an integer, and knows where an error is.
 *
 * `JSON.parse` does the work unless the text holds a long row of digits or is malformed; only then it is parsed by hand.
 *
 * @throws whatever `report` throws
 */
export function parseJson(text: string, integers: UnsafeIntegers, report: ReportJson): unknown {
  if (mayHoldUnsafeInteger(text)) return parseJsonNumbers(text, exactNumber(integers, report), report);
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return parseJsonNumbers(text, exactNumber(integers, report), report);
  }
}

/**
 * Parses what lies between the brackets, or between commas, of an array: one value or more, separated by commas.
 *
 * @param next what follows the text, for messages
 */
export function parseJsonItems(
  text: string,
  integers: UnsafeIntegers,
  report: ReportJson,
  next: string | undefined,
): readonly unknown[] {
  const byHand = () => new JsonReader(text, exactNumber(integers, report), report, next).items();
  if (mayHoldUnsafeInteger(text)) return byHand();
  try {
    const items: unknown = JSON.parse(`[${text}]`);
    // A text of spaces holds no item, which is reported by hand.
    if (Array.isArray(items) && items.length > 0) return items;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return byHand();
}

/** What becomes of a number, from its literal and where that stands. */
export type JsonNumber = (literal: string, offset: number) => unknown;

/** The same by hand, for a caller that wants more of numbers than JSON.parse tells. */
export function parseJsonNumbers(text: string, number: JsonNumber, report: ReportJson): unknown {
  return new JsonReader(text, number, report).document();
}

function exactNumber(integers: UnsafeIntegers, report: ReportJson): JsonNumber {
  return (literal, offset) => {
    const value = Number(literal);
    if (Number.isSafeInteger(value) || /[.eE]/.test(literal)) return value;
    if (integers === 'bigint') return BigInt(literal);
    return report(
      offset,
      `the integer ${literal} is too large to be held exactly by a number`,
      "Read with { unsafeIntegers: 'bigint' } to get such integers as bigint, or write them as strings.",
      'an integer is too large to be held exactly by a number',
    );
  };
}

const literals: ReadonlyMap<string, null | boolean> = new Map([
  ['null', null],
  ['true', true],
  ['false', false],
]);

/** A recursive-descent parser; its depth is bounded so that hostile input cannot end the process. */
class JsonReader {
  static readonly #maxDepth = 1000;
  readonly #text: string;
  readonly #numberOf: JsonNumber;
  readonly #report: ReportJson;
  /** What follows the text. */
  readonly #next: string | undefined;
  #at = 0;
  #depth = 0;

  constructor(text: string, number: JsonNumber, report: ReportJson, next?: string) {
    this.#text = text;
    this.#numberOf = number;
    this.#report = report;
    this.#next = next;
  }

  items(): unknown[] {
    const items: unknown[] = [];
    do items.push(this.#value());
    while (this.#takes(','));
    if (this.#at < this.#text.length) this.#unexpected("',' or ']'");
    return items;
  }

  document(): unknown {
    const value = this.#value();
    this.#skipSpace();
    if (this.#at < this.#text.length) this.#unexpected('the end');
    return value;
  }

  #value(): unknown {
    this.#skipSpace();
    const character = this.#text.charAt(this.#at);
    if (character === '{') return this.#nested(() => this.#object());
    if (character === '[') return this.#nested(() => this.#array());
    if (character === '"') return this.#string();
    if (character === '-' || (character >= '0' && character <= '9')) return this.#number();
    for (const [word, value] of literals) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    }
    return this.#unexpected('a value');
  }

  #nested<T>(parse: () => T): T {
    if (++this.#depth > JsonReader.#maxDepth) this.#report(this.#at, `nested more than ${JsonReader.#maxDepth} deep`);
    this.#at++;
    const value = parse();
    this.#depth--;
    return value;
  }

  #object(): object {
    const object = {};
    if (this.#takes('}')) return object;
    do {
      this.#skipSpace();
      if (this.#text.charAt(this.#at) !== '"') this.#unexpected('a name in quotes');
      const name = this.#string();
      if (!this.#takes(':')) this.#unexpected("':'");
      // defineProperty: `__proto__` is a name like any other.
      Object.defineProperty(object, name, {
        value: this.#value(),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    } while (this.#takes(','));
    if (!this.#takes('}')) this.#unexpected("',' or '}'");
    return object;
  }

  #array(): unknown[] {
    const array: unknown[] = [];
    if (this.#takes(']')) return array;
    do array.push(this.#value());
    while (this.#takes(','));
    if (!this.#takes(']')) this.#unexpected("',' or ']'");
    return array;
  }

  #string(): string {
    const start = this.#at;
    for (let end = start + 1; end < this.#text.length; end++) {
      const code = this.#text.charCodeAt(end);
      if (code === 0x5c) end++;
      else if (code < 0x20)
        this.#report(end, 'a control character inside a string', 'Write it as an escape, e.g. \\n.');
      else if (code === 0x22) {
        this.#at = end + 1;
        return this.#unescape(start, end + 1);
      }
    }
    return this.#report(start, 'a string that begins here is never closed');
  }

  #unescape(start: number, end: number): string {
    const literal = this.#text.slice(start, end);
    try {
      const value: unknown = JSON.parse(literal);
      if (typeof value === 'string') return value;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
    return this.#report(start, 'a string with an escape that JSON does not know');
  }

  #number(): unknown {
    const literal = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/.exec(
      this.#text.slice(this.#at, this.#at + 400),
    )?.[0];
    if (literal === undefined || literal.length === 400) return this.#report(this.#at, 'not a number of JSON');
    const value = this.#numberOf(literal, this.#at);
    this.#at += literal.length;
    return value;
  }

  #takes(character: string): boolean {
    this.#skipSpace();
    if (this.#text.charAt(this.#at) !== character) return false;
    this.#at++;
    return true;
  }

  #skipSpace(): void {
    while (this.#at < this.#text.length && ' \t\n\r'.includes(this.#text.charAt(this.#at))) this.#at++;
  }

  #unexpected(wanted: string): never {
    const found = this.#text.codePointAt(this.#at);
    const next = found === undefined ? this.#next : String.fromCodePoint(found);
    const shown = next === undefined ? 'the end of the text' : JSON.stringify(next);
    const reason = next === undefined ? undefined : `something else where ${wanted} must be`;
    return this.#report(this.#at, `${shown} where ${wanted} must be`, undefined, reason);
  }
}
