/** A piece of JavaScript as esbuild prints it without white space and comments. */
export interface CodeToken {
  /** `template`: a whole one, with what it substitutes. */
  readonly kind: 'word' | 'number' | 'string' | 'template' | 'regex' | 'punctuator';
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** After one of these a slash begins a regular expression. */
const wordsBeforeRegex = new Set([
  'return',
  'typeof',
  'case',
  'in',
  'of',
  'delete',
  'void',
  'throw',
  'new',
  'do',
  'else',
  'await',
  'yield',
  'instanceof',
]);

/**
 * Cuts code into tokens.
 *
 * @returns undefined where it can't be told how: after `)` and `}` a slash may divide, or begin a regular expression.
 */
export function codeTokens(code: string): readonly CodeToken[] | undefined {
  const tokens: CodeToken[] = [];
  let at = 0;
  while (at < code.length) {
    if (/\s/.test(code[at] ?? '')) {
      at++;
      continue;
    }
    const token = tokenAt(code, at, tokens.at(-1));
    if (token === undefined) return undefined;
    tokens.push(token);
    at = token.end;
  }
  return tokens;
}

function tokenAt(code: string, start: number, before: CodeToken | undefined): CodeToken | undefined {
  const character = code[start] ?? '';
  const made = (kind: CodeToken['kind'], end: number | undefined) =>
    end === undefined ? undefined : { kind, text: code.slice(start, end), start, end };
  if (character === '"' || character === "'") return made('string', endOfString(code, start));
  if (character === '`') return made('template', endOfTemplate(code, start));
  if (character === '/') {
    const isRegex = beginsRegex(before);
    if (isRegex === undefined && isOpaque(code.slice(start, endOfRegex(code, start) ?? start))) return undefined;
    if (isRegex === true) return made('regex', endOfRegex(code, start));
  }
  const word = match(/[\p{ID_Start}$_#\\][\p{ID_Continue}$\\]*/uy, code, start);
  if (word !== undefined) return made('word', word);
  const number = match(/\.?\d(?:[eE][+-]|[\w.])*/y, code, start);
  return number === undefined ? made('punctuator', start + 1) : made('number', number);
}

function match(pattern: RegExp, code: string, start: number): number | undefined {
  pattern.lastIndex = start;
  return pattern.test(code) ? pattern.lastIndex : undefined;
}

function beginsRegex(before: CodeToken | undefined): boolean | undefined {
  if (before === undefined) return true;
  if (before.kind === 'word') return wordsBeforeRegex.has(before.text);
  if (before.kind !== 'punctuator') return false;
  if (before.text === '}' || before.text === ')') return undefined;
  return before.text !== ']';
}

/** Read as anything else it would lead astray. */
function isOpaque(regex: string): boolean {
  return /["'`()[\]{}]/.test(regex);
}

function endOfString(code: string, start: number): number | undefined {
  for (let at = start + 1; at < code.length; at++) {
    if (code[at] === '\\') at++;
    else if (code[at] === code[start]) return at + 1;
  }
  return undefined;
}

/** Of what a template substitutes only braces, texts and templates count. */
function endOfTemplate(code: string, start: number): number | undefined {
  for (let at = start + 1; at < code.length; at++) {
    const character = code[at];
    if (character === '\\') at++;
    else if (character === '`') return at + 1;
    else if (character === '$' && code[at + 1] === '{') {
      const end = endOfSubstitution(code, at + 2);
      if (end === undefined) return undefined;
      at = end;
    }
  }
  return undefined;
}

/** @returns the place of the brace that closes it */
function endOfSubstitution(code: string, start: number): number | undefined {
  let before: CodeToken | undefined;
  let depth = 0;
  for (let at = start; at < code.length; ) {
    if (/\s/.test(code[at] ?? '')) {
      at++;
      continue;
    }
    const token = tokenAt(code, at, before);
    if (token === undefined) return undefined;
    if (token.text === '{') depth++;
    if (token.text === '}' && depth-- === 0) return at;
    before = token;
    at = token.end;
  }
  return undefined;
}

function endOfRegex(code: string, start: number): number | undefined {
  let inClass = false;
  for (let at = start + 1; at < code.length; at++) {
    const character = code[at];
    if (character === '\\') at++;
    else if (character === '\n') return undefined;
    else if (character === '[') inClass = true;
    else if (character === ']') inClass = false;
    else if (character === '/' && !inClass) return match(/\w*/y, code, at + 1) ?? at + 1;
  }
  return undefined;
}
