/** How a line of JSON Lines whose value is an object is written. */
export interface JsonShape {
  /** What stands before the first name: `{`. */
  readonly opening: Buffer;
  /** Its properties, in the order of the text. */
  readonly members: readonly JsonMember[];
  /** What stands between a value and the next name: `,`; undefined where there is but one property. */
  readonly separator: Buffer | undefined;
  /** What follows the last value: `}`. */
  readonly closing: Buffer;
}

export interface JsonMember {
  readonly name: string;
  /** All from its quote to its value: `"name":`. */
  readonly head: Buffer;
}

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openingBracket = 0x5b;
const backslash = 0x5c;
const closingBracket = 0x5d;
const openingBrace = 0x7b;
const closingBrace = 0x7d;

/** How the first line of a text is written that is not blank; undefined where that is no object, an empty one, names a property twice, or has other spaces behind one property than behind another. */
export function jsonShape(bytes: Buffer): JsonShape | undefined {
  const line = firstLine(bytes);
  const value = parsed(line.toString());
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { length } = Object.keys(value);
  if (length === 0) return undefined;
  const shape = shapeOf(line);
  // A property that is named twice counts once in the object.
  return shape?.members.length === length ? shape : undefined;
}

/** Without its line end. */
function firstLine(bytes: Buffer): Buffer {
  let from = 0;
  while (isSpace(bytes[from]) || bytes[from] === 0x0a) from++;
  const feed = bytes.indexOf('\n', from);
  return bytes.subarray(from, feed < 0 ? bytes.length : feed);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The elements' parser says what is wrong.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Takes an object apart that is known to be well formed, and not empty. */
function shapeOf(line: Buffer): JsonShape | undefined {
  const members: JsonMember[] = [];
  const opening = copyOf(line, 0, line.indexOf(quote));
  let separator: Buffer | undefined;
  for (let open = opening.length; ; ) {
    const close = stringEnd(line, open);
    const value = skipSpace(line, line.indexOf(colon, close) + 1);
    const name: string = JSON.parse(line.toString('utf8', open, close));
    members.push({ name, head: copyOf(line, open, value) });
    const end = valueEnd(line, value);
    const next = skipSpace(line, end);
    if (line[next] === closingBrace) return { opening, members, separator, closing: copyOf(line, end, next + 1) };
    open = line.indexOf(quote, next);
    const between = line.subarray(end, open);
    separator ??= Buffer.from(between);
    if (!separator.equals(between)) return undefined;
  }
}

/** No view: the line's bytes are overwritten. */
function copyOf(line: Buffer, from: number, to: number): Buffer {
  return Buffer.from(line.subarray(from, to));
}

function valueEnd(line: Buffer, from: number): number {
  if (line[from] === quote) return stringEnd(line, from);
  if (line[from] === openingBrace || line[from] === openingBracket) return nestedEnd(line, from);
  let at = from;
  while (line[at] !== comma && line[at] !== closingBrace && !isSpace(line[at])) at++;
  return at;
}

/** Behind the bracket that closes the one at `from`. */
function nestedEnd(line: Buffer, from: number): number {
  let depth = 0;
  for (let at = from; ; ) {
    const byte = line[at];
    if (byte === quote) {
      at = stringEnd(line, at);
      continue;
    }
    at++;
    if (byte === openingBrace || byte === openingBracket) depth++;
    else if ((byte === closingBrace || byte === closingBracket) && --depth === 0) return at;
  }
}

/** Behind the quote that closes the one at `open`. */
function stringEnd(line: Buffer, open: number): number {
  let at = open + 1;
  while (line[at] !== quote) at += line[at] === backslash ? 2 : 1;
  return at + 1;
}

function skipSpace(line: Buffer, from: number): number {
  let at = from;
  while (isSpace(line[at])) at++;
  return at;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d;
}
