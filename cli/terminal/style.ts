/** Text styles of a terminal; each returns the text unchanged where colours are off. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

// ECMA-48 select graphic rendition: the code that switches a style on and the one that switches it off.
const colours: Style = {
  bold: (text) => `\u001b[1m${text}\u001b[22m`,
  dim: (text) => `\u001b[2m${text}\u001b[22m`,
  red: (text) => `\u001b[31m${text}\u001b[39m`,
  green: (text) => `\u001b[32m${text}\u001b[39m`,
  yellow: (text) => `\u001b[33m${text}\u001b[39m`,
  cyan: (text) => `\u001b[36m${text}\u001b[39m`,
};

const same = (text: string): string => text;
const plain: Style = { bold: same, dim: same, red: same, green: same, yellow: same, cyan: same };

/**
 * Colours only on a terminal, never with NO_COLOR (no-color.org), on a dumb terminal, or where they would end up in a file.
 * FORCE_COLOR asks for them where no terminal is seen, as in some CI logs.
 */
export function styleFor(isTerminal: boolean, env: Readonly<Record<string, string | undefined>>): Style {
  if (isSet(env['NO_COLOR'])) return plain;
  if (isSet(env['FORCE_COLOR']) && env['FORCE_COLOR'] !== '0') return colours;
  return isTerminal && env['TERM'] !== 'dumb' ? colours : plain;
}

function isSet(variable: string | undefined): boolean {
  return variable !== undefined && variable !== '';
}
