// Every escape sequence that this program writes: select graphic rendition.
const styling = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');
// Two columns wide in terminals: East Asian wide and full-width blocks, and pictographs.
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const zeroWidth = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
const asciiOnly = /^[\x20-\x7e]*$/;

/** Columns that a line takes in a terminal: styling takes none, combining marks none, East Asian letters two. */
export function textWidth(line: string): number {
  const text = line.includes('\u001b') ? line.replace(styling, '') : line;
  if (asciiOnly.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += zeroWidth.test(character) ? 0 : wide.test(character) ? 2 : 1;
  return width;
}

/** Shortens a plain line to `columns`, marking the cut with `…`. */
export function truncate(line: string, columns: number): string {
  if (textWidth(line) <= columns) return line;
  let kept = '';
  let width = 0;
  for (const character of line) {
    width += textWidth(character);
    if (width > columns - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

/**
 * Breaks plain text into lines of at most `columns`, at spaces where it can. Line breaks of the text stay; Infinity breaks nowhere else.
 */
export function wrap(text: string, columns: number): readonly string[] {
  return text.split('\n').flatMap((line) => (textWidth(line) <= columns ? [line] : wrapLine(line, columns)));
}

function wrapLine(line: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(/ +/)) {
    const joined = current === '' ? word : `${current} ${word}`;
    if (textWidth(joined) <= columns) {
      current = joined;
      continue;
    }
    if (current !== '') lines.push(current);
    const pieces = breakWord(word, columns);
    lines.push(...pieces.slice(0, -1));
    current = pieces.at(-1) ?? '';
  }
  if (current !== '') lines.push(current);
  return lines;
}

/** Words longer than a line (paths, URLs) are cut where the line ends. */
function breakWord(word: string, columns: number): readonly string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const character of word) {
    if (piece !== '' && textWidth(piece) + textWidth(character) > columns) {
      pieces.push(piece);
      piece = '';
    }
    piece += character;
  }
  return [...pieces, piece];
}

/**
 * Makes text from data safe to show: control characters (escape sequences could move the cursor, or worse) become visible escapes.
 * Line breaks and tabs are escaped too, so that a value stays on its line.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, (character) => {
    const escaped = JSON.stringify(character).slice(1, -1);
    return escaped === character ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}` : escaped;
  });
}
