export type Quote = "'" | '"';

/** A text as a literal of TypeScript, in single quotes: whatever it holds, nothing of it is code. */
export function codeText(text: string): string {
  return quotedText(text, "'");
}

/** As `codeText`, in the quotes that are asked for. */
export function quotedText(text: string, quote: Quote): string {
  // JSON escapes backslashes, line ends and control characters; U+2028 and U+2029 may stand in a literal since ES2019, but end a line in the eyes of many tools.
  const escaped = JSON.stringify(text).slice(1, -1).replace(/\\"/g, '"').replaceAll(quote, `\\${quote}`);
  return `${quote}${escaped.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}${quote}`;
}

const identifier = /^[A-Za-z_$][\w$]*$/;

/** A name as a property of an object literal. `__proto__` would set the prototype. */
export function codeProperty(name: string): string {
  if (name === '__proto__') return "['__proto__']";
  return identifier.test(name) ? name : codeText(name);
}

/** A text that can't end the comment that it stands in, of either kind. */
export function commentText(text: string): string {
  return text.replaceAll('*/', '* /').replace(/\s+/g, ' ').trim();
}
