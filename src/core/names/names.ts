import { DatasetsError } from '../errors/index.js';

declare const brand: unique symbol;
/** A string whose grammar was checked; brands keep a config from being passed where a split belongs. */
export type Branded<B extends string> = string & { readonly [brand]: B };

export type DatasetName = Branded<'DatasetName'>;
export type ConfigName = Branded<'ConfigName'>;
export type SplitName = Branded<'SplitName'>;
export type AliasName = Branded<'AliasName'>;

/**
 * The characters of each kind of name, as the source of a regular expression.
 *
 * Narrower than tfds' naming.py on purpose: tfds turns CamelCase into snake_case when it looks a data set up, so that a directory with a
 * capital is never found; its `\w` takes letters of every script, which file systems normalise differently; and a config that starts with a dot would
 * meet `.config`, where tfds keeps the name of the default one.
 */
export const nameCharacters = {
  dataset: '[a-z][a-z0-9_]*',
  config: '[A-Za-z0-9_][A-Za-z0-9_+.-]*',
  split: '[A-Za-z0-9_-]*[A-Za-z0-9][A-Za-z0-9_-]*',
  alias: '[a-z][a-z0-9_-]*',
} as const;

const whole = {
  dataset: new RegExp(`^${nameCharacters.dataset}$`),
  config: new RegExp(`^${nameCharacters.config}$`),
  split: new RegExp(`^${nameCharacters.split}$`),
  alias: new RegExp(`^${nameCharacters.alias}$`),
} as const;

const looksLikeVersion = /^\d+\.\d+\.\d+$/;
/** Longer names don't fit a file name together with the shard's suffix. */
const maxNameLength = 128;

export function isDatasetName(text: string): text is DatasetName {
  return text.length <= maxNameLength && whole.dataset.test(text);
}

/** A config's directory lies beside the versions of a config-less data set, so a config can't be named like a version. */
export function isConfigName(text: string): text is ConfigName {
  return text.length <= maxNameLength && whole.config.test(text) && !looksLikeVersion.test(text);
}

/** `all` means the union of the splits in a split expression (tfds' splits.py), so no split bears that name. */
export function isSplitName(text: string): text is SplitName {
  return text.length <= maxNameLength && whole.split.test(text) && text !== 'all';
}

/** @throws DatasetsError NAME_INVALID unless `text` is snake_case. */
export function parseDatasetName(text: string): DatasetName {
  if (isDatasetName(text)) return text;
  throw new DatasetsError('NAME_INVALID', `${JSON.stringify(text)} is no data set's name`, {
    hint: `Use at most ${maxNameLength} lower-case letters, digits and _, starting with a letter: ${snakeCase(text)}.`,
  });
}

/** @throws DatasetsError NAME_INVALID unless `text` names a config. */
export function parseConfigName(text: string): ConfigName {
  if (isConfigName(text)) return text;
  throw new DatasetsError('NAME_INVALID', `${JSON.stringify(text)} is no config's name`, {
    hint: looksLikeVersion.test(text)
      ? 'A config can not be named like a version.'
      : `Use at most ${maxNameLength} letters, digits, _, +, - and ., not starting with a dot, + or -.`,
  });
}

/** @throws DatasetsError NAME_INVALID unless `text` names a split. */
export function parseSplitName(text: string): SplitName {
  if (isSplitName(text)) return text;
  throw new DatasetsError('NAME_INVALID', `${JSON.stringify(text)} is no split's name`, {
    hint:
      text === 'all'
        ? 'In split expressions `all` means all splits together; choose another name.'
        : `Use at most ${maxNameLength} letters, digits, _ and -, with a letter or digit among them.`,
    at: { split: text },
  });
}

/** @throws DatasetsError NAME_INVALID unless `text` names an alias. */
export function parseAliasName(text: string): AliasName {
  if (text.length <= maxNameLength && whole.alias.test(text)) return text as AliasName;
  throw new DatasetsError('NAME_INVALID', `${JSON.stringify(text)} is no alias' name`, {
    hint: `Use at most ${maxNameLength} lower-case letters, digits, _ and -, starting with a letter: prod, candidate.`,
  });
}

/** A legal data set's name near to what was written: `ProductA` → `product_a`. */
export function snakeCase(text: string): string {
  const snake = text
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '_')
    .replace(/^[^a-z]+/, '')
    .slice(0, maxNameLength);
  return snake === '' ? 'my_dataset' : snake;
}
