import type { CodeToken } from './code-tokens.js';

/** Calls of these change nothing: what they are given is not theirs, or is a text, a list or an object that they leave as it is. */
const quietFunctions = new Set(['String', 'Number', 'Boolean', 'BigInt', 'URL', 'Set', 'Map']);
const quietObjects = new Set(['JSON', 'Math', 'Number', 'String', 'Date']);
const quietMembers = new Set([
  ...['Object.entries', 'Object.keys', 'Object.values', 'Object.fromEntries', 'Object.freeze', 'super.info'],
]);
const quietMethods = new Set([
  ...['join', 'slice', 'concat', 'trim', 'trimStart', 'trimEnd', 'toLowerCase', 'toUpperCase', 'split', 'replace'],
  ...['replaceAll', 'includes', 'startsWith', 'endsWith', 'at', 'keys', 'values', 'entries', 'toString', 'padStart'],
]);
/** Quiet where the function that they call stands there. */
const callingMethods = new Set(['map', 'filter', 'flatMap', 'some', 'every', 'find']);
const wordsBeforeBrackets = new Set([
  ...['if', 'for', 'while', 'switch', 'catch', 'return', 'typeof', 'throw', 'case', 'in', 'of', 'new', 'void', 'else'],
]);

/**
 * Whether all that a body of `info()` does is to give its result, so that it may be left out of what counts as code: the result counts by its value. A body that assigns to anything but a new constant, or calls what is not known to
 * change nothing, may leave something behind that `splits()` reads.
 *
 * @param tokens of the body
 * @param quietNames names that the module imports from this package and from Node
 */
export function isQuiet(tokens: readonly CodeToken[], quietNames: ReadonlySet<string>): boolean {
  return tokens.every((token, at) => {
    if (token.kind === 'template') return !isCall(tokens, at) && !/\$\{[^}]*[(=+-]/s.test(token.text);
    if (token.kind === 'word') return !/^(?:delete|await|yield)$/.test(token.text);
    if (token.kind !== 'punctuator') return true;
    if (token.text === '=') return !isAssignment(tokens, at) || isDeclaration(tokens, at);
    if (token.text === '+' || token.text === '-') return !isDoubled(tokens, at);
    return token.text !== '(' || !isCall(tokens, at) || isQuietCall(tokens, at, quietNames);
  });
}

/** The names of `import{features,scalar as number}from"ailab-datasets"`, `import*as lib from"..."` and `import path from"node:path"`, of this package and of Node. */
export function quietImports(tokens: readonly CodeToken[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [at, { kind, text }] of tokens.entries()) {
    if (kind !== 'word' || text !== 'import') continue;
    const from = tokens.findIndex((token, index) => index > at && (token.text === 'from' || token.kind === 'string'));
    const module = tokens[from + 1]?.text.slice(1, -1) ?? '';
    if (tokens[from]?.text !== 'from' || !/^(?:node:|ailab-datasets(?:\/|$))/.test(module)) continue;
    for (const { kind: kindOfName, text: name } of tokens.slice(at + 1, from))
      if (kindOfName === 'word') names.add(name);
  }
  return names;
}

/**
 * Whether code reads the result of an `info()`, of which only features count by their value: `this.info().tags`. A logger's `info` is given something to say.
 *
 * @param tokens without the method itself
 */
export function readsInfo(tokens: readonly CodeToken[]): boolean {
  const text = (at: number) => tokens[at]?.text;
  return tokens.some(({ kind, text: name }, at) => {
    if (kind !== 'word' || name !== 'info' || text(at + 1) === ':') return false;
    if (text(at + 1) !== '(') return text(at - 1) === '.' || text(at - 1) === '{' || text(at - 1) === ',';
    return text(at - 1) === '.' && text(at + 2) === ')' && !(text(at + 3) === '.' && text(at + 4) === 'features');
  });
}

function adjoins(tokens: readonly CodeToken[], at: number): boolean {
  return tokens[at]?.end === tokens[at + 1]?.start;
}

function isAssignment(tokens: readonly CodeToken[], at: number): boolean {
  const next = tokens[at + 1]?.text;
  if (adjoins(tokens, at) && (next === '=' || next === '>')) return false;
  if (!adjoins(tokens, at - 1)) return true;
  const before = tokens[at - 1]?.text ?? '';
  const isShift = (before === '<' || before === '>') && tokens[at - 2]?.text === before;
  return isShift || !['=', '!', '<', '>'].includes(before);
}

function isDeclaration(tokens: readonly CodeToken[], at: number): boolean {
  return tokens[at - 1]?.kind === 'word' && /^(?:const|let|var)$/.test(tokens[at - 2]?.text ?? '');
}

function isDoubled(tokens: readonly CodeToken[], at: number): boolean {
  return adjoins(tokens, at) && tokens[at + 1]?.text === tokens[at]?.text;
}

/** Whether what stands before a bracket, or a template, is called with it. */
function isCall(tokens: readonly CodeToken[], at: number): boolean {
  const before = tokens[at - 1];
  if (before === undefined || before.kind === 'string' || before.kind === 'number') return false;
  if (before.kind === 'word') return !wordsBeforeBrackets.has(before.text) || isMember(tokens, at - 1);
  return before.kind === 'template' || [')', ']', '}', '.'].includes(before.text);
}

function isQuietCall(tokens: readonly CodeToken[], at: number, quietNames: ReadonlySet<string>): boolean {
  const name = tokens[at - 1];
  if (name?.kind !== 'word') return false;
  if (!isMember(tokens, at - 1)) return quietFunctions.has(name.text) || quietNames.has(name.text);
  const object = tokens[at - 3];
  if (object?.kind === 'word' && !isMember(tokens, at - 3)) {
    if (quietObjects.has(object.text) || quietNames.has(object.text)) return true;
    if (quietMembers.has(`${object.text}.${name.text}`)) return true;
  }
  if (callingMethods.has(name.text)) return isFunction(tokens, at + 1);
  return quietMethods.has(name.text);
}

/** After a dot that is not the last of `...`. */
function isMember(tokens: readonly CodeToken[], at: number): boolean {
  return tokens[at - 1]?.text === '.' && tokens[at - 2]?.text !== '.';
}

/** `(row)=>` or `row=>` */
function isFunction(tokens: readonly CodeToken[], at: number): boolean {
  if (tokens[at]?.text === '(') return true;
  return tokens[at]?.kind === 'word' && tokens[at + 1]?.text === '=' && tokens[at + 2]?.text === '>';
}
