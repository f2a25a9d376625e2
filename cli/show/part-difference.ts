import type { Style } from '../terminal/index.js';

/** The difference of a part's text (`diff -u` without a head), coloured and indented. */
export function partDifferenceText(diff: string, style: Style): readonly string[] {
  const lines = diff.split('\n').map((text) => {
    if (text.startsWith('-')) return style.red(text);
    return text.startsWith('+') ? style.green(text) : text;
  });
  return lines.map((text) => `      ${text}`);
}
