/** What stands in the text where a mail address stood. */
export const mask = '[address]';

/** RFC 5322's `dot-atom-text`; quotes of quoted local parts end it, so that markup around an address stays. */
const localPart = /[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]/;
/** Letters, digits, and what percent-encoding hides them in. */
const hostStart = /[A-Za-z0-9%]/;
const hostPart = /[A-Za-z0-9%.-]/;
/** `user@[192.0.2.1]` */
const addressLiteral = /^\[[A-Za-z0-9.:-]{1,64}\]/;

export interface MaskedText {
  readonly text: string;
  /** How many addresses were masked. */
  readonly addresses: number;
}

/**
 * Replaces every mail address of a text.
 *
 * Goes from one `@` to the next and widens to both sides, so that the cost is linear whatever a mail holds; a regular expression would try again
 * at every character of a long line.
 */
export function maskAddresses(text: string): MaskedText {
  let masked = '';
  let addresses = 0;
  let done = 0;
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const start = localStart(text, at, done);
    const end = hostEnd(text, at + 1);
    if (at < done || start === at || end === at + 1) continue;
    masked += text.slice(done, start) + mask;
    addresses++;
    done = end;
  }
  return { text: masked + text.slice(done), addresses };
}

function localStart(text: string, at: number, limit: number): number {
  let start = at;
  while (start > limit && localPart.test(text.charAt(start - 1))) start--;
  return start;
}

function hostEnd(text: string, start: number): number {
  const literal = addressLiteral.exec(text.slice(start, start + 70));
  if (literal !== null) return start + literal[0].length;
  if (!hostStart.test(text.charAt(start))) return start;
  let end = start;
  while (end < text.length && hostPart.test(text.charAt(end))) end++;
  // The point that ends a sentence is not the host's.
  while (!hostStart.test(text.charAt(end - 1))) end--;
  return end;
}
