import { createHash } from 'node:crypto';
import { stringifyJson } from '../../core/json/index.js';
import { type Definition, shownExample } from '../../features/index.js';
import type { ComparedVersion } from './compared-version.js';
import type { FoundDifference, KeyDifferences } from './merge-keys.js';
import type { ExampleDiff } from './version-diff.js';

/** How many digits of a key's hash are shown. */
const shownDigits = 12;
/** A value of more JSON than that, an image or a long text, is shown by its beginning and digest: evidence goes into errors and registries. */
const mostCharacters = 4096;

/** Reads the examples that were found to differ, and says which of their features do. */
export async function shownDifferences(
  old: ComparedVersion,
  now: ComparedVersion,
  split: string,
  { added, removed, changed }: KeyDifferences['found'],
): Promise<readonly ExampleDiff[]> {
  const views = [viewOf(old, now), viewOf(now, old)] as const;
  const shown: ExampleDiff[] = [];
  for (const [change, found] of [
    ['added', added],
    ['removed', removed],
    ['changed', changed],
  ] as const) {
    for (const difference of found) shown.push(await showDifference(change, difference, old, now, split, views));
  }
  return shown;
}

/** Shows an example of a version, flat by path and as an object. */
type View = (example: unknown) => { readonly shown: unknown; readonly fields: ReadonlyMap<string, string> };

async function showDifference(
  change: ExampleDiff['change'],
  { keyHash, before, after }: FoundDifference,
  old: ComparedVersion,
  now: ComparedVersion,
  split: string,
  [viewBefore, viewAfter]: readonly [View, View],
): Promise<ExampleDiff> {
  const was = before === undefined ? undefined : viewBefore(await old.reader.dataset(split).at(before));
  const is = after === undefined ? undefined : viewAfter(await now.reader.dataset(split).at(after));
  return {
    change,
    key: keyHash.slice(0, shownDigits),
    fields: was === undefined || is === undefined ? [] : differingFields(was.fields, is.fields),
    ...(was !== undefined && { before: was.shown }),
    ...(is !== undefined && { after: is.shown }),
  };
}

/** Of what both have. */
function differingFields(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly string[] {
  return [...after].filter(([path, text]) => before.has(path) && before.get(path) !== text).map(([path]) => path);
}

/** What either version calls personal data is hidden in both: the mark may have been added because it was missing. */
function viewOf(version: ComparedVersion, other: ComparedVersion): View {
  const { isHidden } = version;
  const definition = withMarksOf(version.definition, other.definition);
  return (example) => {
    const fields = new Map<string, string>();
    return { shown: shorten(definition, shownExample(definition, example, isHidden), '', fields), fields };
  };
}

/** Notes each field of an example as it is shown, by its path, and shortens what is too long for evidence. A record that is hidden is a text. */
function shorten(definition: Definition, shown: unknown, path: string, fields: Map<string, string>): unknown {
  const inner = definition.kind === 'optional' ? definition.feature : definition;
  if (inner.kind === 'record' && typeof shown === 'object' && shown !== null) {
    const entries = Object.entries(inner.fields).filter(([name]) => Object.hasOwn(shown, name));
    return Object.fromEntries(
      entries.map(([name, field]) => {
        const at = path === '' ? name : `${path}/${name}`;
        return [name, shorten(field, Reflect.get(shown, name), at, fields)];
      }),
    );
  }
  const text = stringifyJson(shown);
  fields.set(path, text);
  if (text.length <= mostCharacters) return shown;
  const sha256 = createHash('sha256').update(text).digest('hex').slice(0, shownDigits);
  return `${text.slice(0, 64)}… (${text.length} characters of JSON, sha256:${sha256}…)`;
}

function withMarksOf(definition: Definition, other: Definition | undefined): Definition {
  if (other === undefined) return definition;
  const { documentation } = definition;
  const { pii } = other.documentation;
  const isMarked = documentation.pii !== undefined || pii === undefined;
  const marked: Definition = isMarked ? definition : { ...definition, documentation: { ...documentation, pii } };
  if (marked.kind === 'record' && other.kind === 'record') {
    const fields = Object.entries(marked.fields).map(
      ([name, field]) => [name, withMarksOf(field, other.fields[name])] as const,
    );
    return { ...marked, fields: Object.fromEntries(fields) };
  }
  const isNested = marked.kind === 'sequence' || marked.kind === 'dataset' || marked.kind === 'optional';
  return isNested && 'feature' in other ? { ...marked, feature: withMarksOf(marked.feature, other.feature) } : marked;
}
