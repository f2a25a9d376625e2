/**
 * Where a record ends in text that may break RFC 4180: a quote opens a field only where the field begins, and closes it only where a delimiter or a line end follows; a line feed
 * elsewhere ends the record. In text that keeps to RFC 4180 that is where the number of quotes is even.
 *
 * Unlike that number it finds its way again: a stray quote inside a field spoils its own line alone.
 */
export const fieldStates = { recordStart: 0, fieldStart: 1, plain: 2, quoted: 3, closing: 4 } as const;
export type FieldState = (typeof fieldStates)[keyof typeof fieldStates];

const { recordStart, fieldStart, plain, quoted, closing } = fieldStates;
const quote = 0x22;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** The state behind a byte or character; `recordStart` is the one behind a line feed that ends a record, and no other. */
export function nextState(state: FieldState, code: number, delimiter: number): FieldState {
  if (state === quoted) return code === quote ? closing : quoted;
  if (code === lineFeed) return recordStart;
  if (code === delimiter) return fieldStart;
  if (state === plain) return plain;
  if (code === quote) return quoted;
  // Behind a closing quote, what is not the end of a line makes the field malformed.
  return state === closing && code === carriageReturn ? closing : plain;
}

/**
 * The end of the record that begins at `start`, behind its line feed.
 *
 * @param delimiter between fields that may be quoted; undefined where records end at every line feed.
 */
export function recordEnd(text: string, start: number, delimiter: number | undefined): number {
  if (delimiter === undefined) {
    const feed = text.indexOf('\n', start);
    return feed < 0 ? text.length : feed + 1;
  }
  let state: FieldState = recordStart;
  for (let at = start; at < text.length; at++) {
    state = nextState(state, text.charCodeAt(at), delimiter);
    if (state === recordStart) return at + 1;
  }
  return text.length;
}
