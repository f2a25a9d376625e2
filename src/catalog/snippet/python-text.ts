/** A Python string literal. */
export function pythonString(text: string): string {
  const escaped = text.replace(/[\\']/g, (character) => `\\${character}`);
  return `'${escaped.replace(/[\p{Cc}\u2028\u2029\ud800-\udfff]/gu, pythonEscape)}'`;
}

function pythonEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

const keywords: ReadonlySet<string> = new Set(
  'False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield'.split(
    ' ',
  ),
);

/** A split's name as a variable: `train` stays, `2020-men` becomes `split_2020_men`. */
export function pythonName(split: string): string {
  const name = split.replace(/[^A-Za-z0-9_]/g, '_');
  return /^[A-Za-z_]/.test(name) && !keywords.has(name) ? name : `split_${name}`;
}

/**
 * The pattern that matches just the given shard files: what they have in common, with `*` for the rest.
 *
 * @param paths at least one, relative, of one directory
 */
export function shardPattern(paths: readonly string[]): { readonly folder: string; readonly pattern: string } {
  const [first = ''] = paths;
  const slash = first.lastIndexOf('/');
  const folder = first.slice(0, slash + 1);
  const names = paths.map((path) => path.slice(folder.length));
  if (names.length === 1) return { folder, pattern: names[0] ?? '' };
  const prefix = commonPrefix(names);
  const suffix = [...commonPrefix(names.map((name) => [...name.slice(prefix.length)].reverse().join('')))]
    .reverse()
    .join('');
  return { folder, pattern: `${prefix}*${suffix}` };
}

function commonPrefix(texts: readonly string[]): string {
  const [first = '', ...others] = texts;
  let length = first.length;
  for (const other of others) {
    while (!other.startsWith(first.slice(0, length))) length--;
  }
  return first.slice(0, length);
}
