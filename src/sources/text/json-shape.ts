/** A line of JSON Lines whose value is an object without others in it. */
export interface JsonShape {
  /** Its properties, in the order of the text. */
  readonly members: readonly JsonMember[];
  /** What follows the last value: the closing brace. */
  readonly after: Buffer;
}

export interface JsonMember {
  readonly name: string;
  /** All that stands between the value before it, or the beginning of the line, and its own value: `,"name":`. */
  readonly before: Buffer;
}

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const backslash = 0x5c;
const closingBrace = 0x7d;

/** How the first line of a text is written that is not blank; undefined where that is no object, an empty one, holds other objects or arrays, or names a property twice. */
export function jsonShape(bytes: Buffer): JsonShape | undefined {
  const line = firstLine(bytes);
  const value = parsed(line.toString());
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const values = Object.values(value);
  if (values.length === 0 || values.some((item) => typeof item === 'object' && item !== null)) return undefined;
  const shape = shapeOf(line);
  // A property that is named twice counts once in the object.
  return shape.members.length === values.length ? shape : undefined;
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

/** Takes an object of strings, numbers and words apart, which is known to be well formed. */
function shapeOf(line: Buffer): JsonShape {
  const members: JsonMember[] = [];
  for (let at = 0; ; ) {
    const open = line.indexOf(quote, at);
    const close = stringEnd(line, open);
    const value = skipSpace(line, line.indexOf(colon, close) + 1);
    const name: string = JSON.parse(line.toString('utf8', open, close));
    members.push({ name, before: Buffer.from(line.subarray(at, value)) });
    at = valueEnd(line, value);
    const next = skipSpace(line, at);
    if (line[next] === closingBrace) return { members, after: Buffer.from(line.subarray(at, next + 1)) };
  }
}

function valueEnd(line: Buffer, from: number): number {
  if (line[from] === quote) return stringEnd(line, from);
  let at = from;
  while (line[at] !== comma && line[at] !== closingBrace && !isSpace(line[at])) at++;
  return at;
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
