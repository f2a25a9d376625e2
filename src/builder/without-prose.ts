import { type CodeToken, codeTokens } from './code-tokens.js';
import { isQuiet, quietImports, readsInfo } from './quiet-info.js';

/** Statics of a data set's class that are read by people, by the registry and by schedulers, and by nothing that makes data. */
const proseStatics = new Set([
  'versions',
  'supportedVersions',
  'blockedVersions',
  'configs',
  'manualDownloadInstructions',
  'resources',
  'timeout',
  'expectations',
  'freshness',
  'schedule',
  'snapshots',
  'keep',
]);

/** What `features(...)` takes as documentation. */
const proseOptions = new Set(['description', 'unit', 'caveats']);

/** Tokens from `from` to before `to`. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * Takes out of a module what changes no data: the documentation in `features(...)`, and of data sets' classes release notes and their kin, as far as they are written as literals, and `info()`, whose result
 * counts by its value (schema, privacy). An `info()` stays that may do more than give its result, or whose result other code reads.
 *
 * @param code as esbuild prints it without white space, types and comments
 * @param place `entry`: the module that holds the data set's class; `entry-with-read-info`: that, where another module reads what an `info()` gives
 * @returns the code as it is where it can't be cut into tokens for certain: then its prose counts
 */
export function withoutProse(code: string, place: 'entry' | 'entry-with-read-info' | 'imported'): string {
  const tokens = codeTokens(code);
  const closing = tokens && closingBrackets(tokens);
  if (tokens === undefined || closing === undefined) return code;
  const statics = place === 'imported' ? [] : classProse(tokens, closing, isProseStatic);
  const info = place === 'entry' ? classProse(tokens, closing, isInfo) : [];
  const isResultAlone =
    !readsInfo(outside(tokens, info)) &&
    info.every((method) => isQuiet(bodyOf(tokens, closing, method), quietImports(tokens)));
  return remove(code, tokens, [...statics, ...(isResultAlone ? info : []), ...featureProse(tokens, closing)]);
}

/** Whether a module reads what a data set's `info()` gives; what can't be cut into tokens may do so. */
export function mayReadInfo(code: string): boolean {
  const tokens = codeTokens(code);
  return tokens === undefined ? /\binfo\b/.test(code) : readsInfo(tokens);
}

/** The closing bracket of each opening one, by place; undefined where they don't match. */
function closingBrackets(tokens: readonly CodeToken[]): ReadonlyMap<number, number> | undefined {
  const pairs: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
  const open: { readonly at: number; readonly closes: string }[] = [];
  const closing = new Map<number, number>();
  for (const [at, { kind, text }] of tokens.entries()) {
    if (kind !== 'punctuator') continue;
    const closes = pairs[text];
    if (closes !== undefined) open.push({ at, closes });
    if (text !== ')' && text !== ']' && text !== '}') continue;
    const last = open.pop();
    if (last?.closes !== text) return undefined;
    closing.set(last.at, at);
  }
  return open.length === 0 ? closing : undefined;
}

function outside(tokens: readonly CodeToken[], ranges: readonly Range[]): readonly CodeToken[] {
  return tokens.filter((_, at) => !ranges.some(({ from, to }) => at >= from && at < to));
}

function bodyOf(
  tokens: readonly CodeToken[],
  closing: ReadonlyMap<number, number>,
  { at, to }: Member,
): readonly CodeToken[] {
  const open = (closing.get(at + 1) ?? at) + 1;
  return tokens.slice(open + 1, to - 1);
}

function classProse(
  tokens: readonly CodeToken[],
  closing: ReadonlyMap<number, number>,
  isProse: (member: Member, tokens: readonly CodeToken[]) => boolean,
): readonly Member[] {
  return tokens.flatMap(({ kind, text }, at) => {
    if (kind !== 'word' || text !== 'class' || tokens[at - 1]?.text === '.') return [];
    const members = membersOf(tokens, closing, at);
    // Other classes may have an `info()` that does something.
    const isDataset = members.some(({ name, isStatic }) => isStatic && name === 'datasetName');
    return isDataset ? members.filter((member) => isProse(member, tokens)) : [];
  });
}

interface Member extends Range {
  readonly name: string;
  readonly isStatic: boolean;
  readonly isMethod: boolean;
  /** Where its name is. */
  readonly at: number;
}

function membersOf(
  tokens: readonly CodeToken[],
  closing: ReadonlyMap<number, number>,
  classAt: number,
): readonly Member[] {
  const body = firstBrace(tokens, closing, classAt);
  const end = body === undefined ? undefined : closing.get(body);
  if (body === undefined || end === undefined) return [];
  const members: Member[] = [];
  for (let from = body + 1; from < end; ) {
    let at = from;
    while (at < end && isModifier(tokens, at)) at++;
    const isMethod = tokens[at + 1]?.text === '(';
    const to = isMethod ? endOfMethod(closing, at + 1) : endOfField(tokens, closing, at, end);
    const isStatic = tokens.slice(from, at).some(({ text }) => text === 'static');
    members.push({ name: tokens[at]?.text ?? '', isStatic, isMethod, at, from, to });
    from = to;
  }
  return members;
}

/** The one that begins the body: what a class extends may hold others, in brackets. */
function firstBrace(tokens: readonly CodeToken[], closing: ReadonlyMap<number, number>, from: number) {
  for (let at = from + 1; at < tokens.length; at++) {
    if (tokens[at]?.text === '{') return at;
    at = closing.get(at) ?? at;
  }
  return undefined;
}

function isModifier(tokens: readonly CodeToken[], at: number): boolean {
  const next = tokens[at + 1]?.text;
  const isName = next === '(' || next === '=' || next === ';' || next === '}';
  return /^(?:static|async|get|set|accessor|\*)$/.test(tokens[at]?.text ?? '') && !isName;
}

function endOfMethod(closing: ReadonlyMap<number, number>, parameters: number): number {
  const body = (closing.get(parameters) ?? parameters) + 1;
  return (closing.get(body) ?? body) + 1;
}

function endOfField(
  tokens: readonly CodeToken[],
  closing: ReadonlyMap<number, number>,
  from: number,
  end: number,
): number {
  for (let at = from; at < end; at++) {
    if (tokens[at]?.text === ';') return at + 1;
    at = closing.get(at) ?? at;
  }
  return end;
}

function isInfo({ name, isStatic, isMethod, at }: Member, tokens: readonly CodeToken[]): boolean {
  return isMethod && !isStatic && name === 'info' && tokens[at + 2]?.text === ')';
}

function isProseStatic({ name, isStatic, isMethod, at, to }: Member, tokens: readonly CodeToken[]): boolean {
  return !isMethod && isStatic && proseStatics.has(name) && isLiteral(tokens.slice(at + 2, to));
}

/** Numbers, texts, and objects and lists of them: a name could be that of something that is used elsewhere. */
function isLiteral(tokens: readonly CodeToken[]): boolean {
  return tokens.every(({ kind, text }, index) => {
    if (kind === 'word') return tokens[index + 1]?.text === ':' || /^(?:true|false|null)$/.test(text);
    if (kind === 'template') return !text.includes('${');
    return kind !== 'regex' && (kind !== 'punctuator' || '{}[],:;-'.includes(text));
  });
}

function featureProse(tokens: readonly CodeToken[], closing: ReadonlyMap<number, number>): readonly Range[] {
  const ranges: Range[] = [];
  for (const [at, { kind, text }] of tokens.entries()) {
    const end = closing.get(at + 1);
    if (kind !== 'word' || text !== 'features' || tokens[at + 1]?.text !== '(' || end === undefined) continue;
    for (let inside = at + 2; inside < end; inside++) {
      const object = optionsAt(tokens, closing, inside);
      if (object !== undefined) ranges.push(...object);
    }
  }
  return ranges;
}

/** The documentation in an object of options; all of it where nothing else is in there. */
function optionsAt(
  tokens: readonly CodeToken[],
  closing: ReadonlyMap<number, number>,
  open: number,
): readonly Range[] | undefined {
  const close = closing.get(open);
  if (tokens[open]?.text !== '{' || close === undefined) return undefined;
  const properties = propertiesOf(tokens, closing, open, close);
  const prose = properties.filter(({ from, to }) => isDocumentation(tokens.slice(from, to)));
  if (prose.length < properties.length || prose.length === 0) {
    return prose.map(({ from, to }) => ({ from, to: tokens[to]?.text === ',' ? to + 1 : to }));
  }
  // `scalar('bool', { description: '…' })` is `scalar('bool')`.
  const before = tokens[open - 1]?.text;
  if (tokens[close + 1]?.text !== ')' || (before !== ',' && before !== '(')) return [{ from: open + 1, to: close }];
  return [{ from: before === ',' ? open - 1 : open, to: close + 1 }];
}

/** Without the commas between them. */
function propertiesOf(
  tokens: readonly CodeToken[],
  closing: ReadonlyMap<number, number>,
  open: number,
  close: number,
): readonly Range[] {
  const ranges: Range[] = [];
  let from = open + 1;
  for (let at = from; at < close; at++) {
    if (tokens[at]?.text === ',') {
      ranges.push({ from, to: at });
      from = at + 1;
    }
    at = closing.get(at) ?? at;
  }
  if (from < close) ranges.push({ from, to: close });
  return ranges;
}

/** `description: '…'`: a feature of that name is no text. */
function isDocumentation([name, colon, value, ...more]: readonly CodeToken[]): boolean {
  if (name === undefined || !proseOptions.has(name.text) || colon?.text !== ':' || more.length > 0) return false;
  return value?.kind === 'string' || (value?.kind === 'template' && !value.text.includes('${'));
}

/** A comma before a closing brace is left where the last property goes: it is taken away as well. */
function remove(code: string, tokens: readonly CodeToken[], ranges: readonly Range[]): string {
  const gone = new Set(ranges.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, index) => from + index)));
  const kept = tokens.filter((_, index) => !gone.has(index) && tokens[index] !== undefined);
  let text = '';
  for (const [index, { text: own, start }] of kept.entries()) {
    if (own === ',' && kept[index + 1]?.text === '}') continue;
    // White space that esbuild left between two tokens belongs there.
    const space = /\s/.test(code[start - 1] ?? '') ? code[start - 1] : '';
    text += `${index === 0 ? '' : space}${own}`;
  }
  return text;
}
