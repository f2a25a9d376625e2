import { stringifyJson } from '../../core/json/index.js';
import type { ExampleDiff, FeatureDiff, SplitDiff, VersionDiff } from './version-diff.js';

const mostNamed = 4;
/** Of a value in a line of text. */
const mostCharacters = 40;

/**
 * What is different, in a few lines: features, one for each split, and some examples.
 *
 * @param mostExamples of each split; the others are in the diff
 */
export function diffLines({ features, splits, notes }: VersionDiff, mostExamples = 2): readonly string[] {
  return [
    ...featureLines(features),
    ...splits.flatMap((split) =>
      split.status === 'kept' && split.content === 'same' ? [] : splitLines(split, mostExamples),
    ),
    ...notes,
  ];
}

/** `features: added length; changed kind`. Nothing where none differs. */
export function featureLines(features: FeatureDiff): readonly string[] {
  const { added, removed, changed, privacy } = features;
  const kinds = [
    ['added', added],
    ['removed', removed],
    ['changed', changed],
    ['marked otherwise as personal data', privacy],
  ] as const;
  const parts = kinds.flatMap(([what, list]) => {
    const more = list.length - mostNamed;
    const named = list.slice(0, mostNamed).map(({ path }) => path);
    return list.length === 0 ? [] : [`${what} ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`];
  });
  return parts.length === 0 ? [] : [`features: ${parts.join('; ')}`];
}

function splitLines(split: SplitDiff, mostExamples: number): readonly string[] {
  return [
    `${split.split}: ${splitText(split)}`,
    ...chosen(split.examples, mostExamples).map((example) => `  ${exampleText(example)}`),
  ];
}

/** `1,000 examples, 990 before; 20 added, 10 removed, 5 changed`. */
export function splitText({ status, before = 0, after = 0, content, keys }: SplitDiff): string {
  const examples = (count: number) => `${count.toLocaleString('en')} ${count === 1 ? 'example' : 'examples'}`;
  if (status === 'added') return `a new split of ${examples(after)}`;
  if (status === 'removed') return `the split of ${examples(before)} is gone`;
  const counts =
    before === after ? `${examples(after)} as before` : `${examples(after)}, ${before.toLocaleString('en')} before`;
  if (keys === undefined) {
    const unknown = content === 'unknown' ? '; nobody can tell whether they are the same ones' : '';
    return content === 'different' && before === after ? `${counts}, and others among them` : `${counts}${unknown}`;
  }
  const changes = (['added', 'removed', 'changed'] as const).filter((change) => keys[change] > 0);
  const changed = changes.map((change) => `${keys[change].toLocaleString('en')} ${change}`).join(', ');
  return changed === '' ? counts : `${counts}; ${changed}`;
}

/** Of each kind one, as long as there is room; changed ones tell most. */
function chosen(examples: readonly ExampleDiff[], most: number): readonly ExampleDiff[] {
  const ofKind = (change: ExampleDiff['change']) => examples.filter((example) => example.change === change);
  const [changed, added, removed] = [ofKind('changed'), ofKind('added'), ofKind('removed')];
  return [changed, added, removed]
    .flatMap((list) => list.slice(0, 1))
    .concat(changed.slice(1))
    .slice(0, most);
}

function exampleText({ change, key, fields, before, after }: ExampleDiff): string {
  if (change !== 'changed') return `key ${key} ${change}`;
  const values = fields.slice(0, 2).map((field) => `${field} ${shortText(before, field)} → ${shortText(after, field)}`);
  return `key ${key} changed: ${values.join(', ')}${fields.length > 2 ? ', ...' : ''}`;
}

function shortText(example: unknown, path: string): string {
  const text = stringifyJson(fieldOf(example, path) ?? null);
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text;
}

/** The value of a field of an example as it is shown. */
export function fieldOf(example: unknown, path: string): unknown {
  let value = example;
  for (const name of path.split('/')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, name);
  }
  return value;
}
