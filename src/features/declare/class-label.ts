import { readFileSync } from 'node:fs';
import { DatasetsError } from '../../core/errors/index.js';
import type { Feature, FeatureDocumentation } from '../feature.js';
import { define } from './define.js';
import { documentationOf } from './documentation.js';
import { invalidFeature } from './invalid-feature.js';

export interface ClassLabelFeature<I> extends Feature<I, number> {
  readonly kind: 'class-label';
  readonly count: number;
  readonly names: readonly string[] | undefined;
}

export type ClassLabelOptions = FeatureDocumentation &
  (
    | { readonly names: readonly string[] }
    | { readonly count: number }
    | {
        /** A text file with one name a line. */
        readonly namesFile: string | URL;
      }
  );

/**
 * One of a fixed set of classes, stored as its index; tfds' `ClassLabel`.
 *
 * An author writes the index or the name; a reader gets the index, and the names from the schema. -1 stands for "no label", as in tfds.
 *
 * @throws {DatasetsError} FEATURE_INVALID for no classes, or names that are empty, repeated or padded with white space
 * @example
 * ```ts
 * const schema = features({
 *   position: classLabel({ names: ['left', 'center', 'right'] }),
 *   item: classLabel({ count: 80, description: 'item shown' }),
 * });
 * const example: InputOf<typeof schema> = { position: 'left', item: 3 };
 * ```
 */
export function classLabel<const N extends readonly string[]>(
  options: { readonly names: N } & FeatureDocumentation,
): ClassLabelFeature<N[number] | number>;
export function classLabel(options: { readonly count: number } & FeatureDocumentation): ClassLabelFeature<number>;
export function classLabel(
  options: { readonly namesFile: string | URL } & FeatureDocumentation,
): ClassLabelFeature<string | number>;
export function classLabel(options: ClassLabelOptions): ClassLabelFeature<never> {
  return define<ClassLabelFeature<never>>({
    kind: 'class-label',
    ...resolveLabels(options, 'classLabel'),
    documentation: documentationOf(options, 'classLabel'),
  });
}

export interface Labels {
  readonly count: number;
  readonly names: readonly string[] | undefined;
}

/** Names, a count, or a file of names, made into a count with names where there are any. */
export function resolveLabels(
  options: { readonly names?: readonly string[]; readonly count?: number; readonly namesFile?: string | URL },
  kind: string,
): Labels {
  const { names, count, namesFile } = options;
  if ([names, count, namesFile].filter((given) => given !== undefined).length !== 1) {
    throw invalidFeature(`${kind}: give exactly one of count, names and namesFile`, 'For instance: { names: [...] }.');
  }
  if (count !== undefined) {
    if (!Number.isSafeInteger(count) || count < 1) {
      throw invalidFeature(
        `${kind}: count must be a whole number from 1 up, got ${String(count)}`,
        'Count the classes.',
      );
    }
    return { count, names: undefined };
  }
  const all = Object.freeze(names === undefined ? readNames(namesFile as string | URL, kind) : [...names]);
  checkNames(all, kind);
  return { count: all.length, names: all };
}

/** One name a line, without white space around it; empty lines don't count (tfds' `_load_names_from_file`). */
export function parseNames(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function readNames(file: string | URL, kind: string): string[] {
  try {
    return parseNames(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new DatasetsError('FEATURE_INVALID', `${kind}: can't read the names file ${String(file)}`, {
      hint: "Name it by new URL('./labels.txt', import.meta.url), so that it is found from any folder.",
      cause,
      at: { file: String(file) },
    });
  }
}

/** Names must come back as they are from the labels file that tfds reads: a line each, stripped. */
function checkNames(names: readonly string[], kind: string): void {
  if (names.length === 0) throw invalidFeature(`${kind}: there are no names`, 'Give at least one name.');
  const seen = new Set<string>();
  for (const name of names) {
    if (typeof name !== 'string' || name === '' || name.trim() !== name || /[\r\n]/.test(name)) {
      throw invalidFeature(
        `${kind}: ${JSON.stringify(name)} can't be a class name`,
        'A name is a text of one line without white space around it.',
      );
    }
    if (seen.has(name))
      throw invalidFeature(`${kind}: the name ${JSON.stringify(name)} comes twice`, 'Names are unique.');
    seen.add(name);
  }
}
