import { DatasetsError } from '../errors/index.js';
import { type AliasName, type ConfigName, type DatasetName, isConfigName, nameCharacters, snakeCase } from './names.js';
import { isVersion, type VersionPattern, versionPatternCharacters } from './version.js';

/** What a user writes to name a data set's version; see `parseReference`. */
export interface Reference {
  readonly name: DatasetName;
  readonly config: ConfigName | undefined;
  /** Undefined where none is named: the alias `default` if it is set, else the newest. */
  readonly version: VersionPattern | undefined;
  readonly alias: AliasName | undefined;
}

const dataset = new RegExp(nameCharacters.dataset, 'y');
const config = new RegExp(nameCharacters.config, 'y');
const alias = new RegExp(nameCharacters.alias, 'y');
const version = new RegExp(versionPatternCharacters, 'y');

/**
 * Reads `name`, `name/config`, `name:1.2.0`, `name:1.*.*`, `name/config:1.2.0` or `name@alias`.
 *
 * No word stands after the colon: stock tfds reads `product_a:latest` as the data set `latest` of the namespace `product_a`.
 *
 * @throws DatasetsError NAME_INVALID with the position of the first character that doesn't fit.
 * @example
 * ```ts
 * parseReference('product_a/men:1.*.*'); // { name: 'product_a', config: 'men', version: '1.*.*', alias: undefined }
 * ```
 */
export function parseReference(text: string): Reference {
  const name = take(dataset, text, 0);
  if (name === undefined) {
    throw invalid(text, 0, "a data set's name", 'Names are lower-case letters, digits and _, starting with a letter.');
  }
  let position = name.length;
  if (/[A-Z-]/.test(text.charAt(position))) {
    throw invalid(
      text,
      position,
      'a lower-case letter, digit or _',
      `Did you mean ${snakeCase(text.split(/[/:@]/)[0] ?? text)}?`,
    );
  }
  const parts: { config?: ConfigName; version?: VersionPattern; alias?: AliasName } = {};
  if (text.charAt(position) === '/') {
    parts.config = configAt(text, position + 1);
    position += 1 + parts.config.length;
  }
  if (text.charAt(position) === ':') {
    parts.version = versionAt(text, position + 1);
    position += 1 + parts.version.length;
  } else if (text.charAt(position) === '@' && parts.config === undefined) {
    parts.alias = aliasAt(text, position + 1);
    position += 1 + parts.alias.length;
  }
  if (position < text.length) throw invalid(text, position, 'the end', restHint(text, position, parts.config));
  return {
    name: name as DatasetName,
    config: parts.config,
    version: parts.version,
    alias: parts.alias,
  };
}

/** The inverse of `parseReference`. */
export function formatReference(reference: {
  readonly name: string;
  readonly config?: string | undefined;
  readonly version?: string | undefined;
  readonly alias?: string | undefined;
}): string {
  const configPart = reference.config === undefined ? '' : `/${reference.config}`;
  const versionPart = reference.version === undefined ? '' : `:${reference.version}`;
  const aliasPart = reference.alias === undefined ? '' : `@${reference.alias}`;
  return `${reference.name}${configPart}${versionPart}${aliasPart}`;
}

function configAt(text: string, position: number): ConfigName {
  const found = take(config, text, position);
  if (found === undefined)
    throw invalid(text, position, "a config's name", 'Write name/config, or leave out the slash.');
  if (isVersion(found)) {
    throw invalid(
      text,
      position,
      "a config's name",
      `A version stands after a colon: ${text.slice(0, position - 1)}:${found}.`,
    );
  }
  if (!isConfigName(found))
    throw invalid(text, position, "a shorter config's name", 'Config names have at most 128 characters.');
  return found;
}

function versionAt(text: string, position: number): VersionPattern {
  const found = take(version, text, position);
  if (found !== undefined) return found as VersionPattern;
  const word = take(alias, text, position);
  throw invalid(
    text,
    position,
    'a version such as 1.2.0 or 1.*.*',
    word === undefined
      ? 'A version is three numbers without leading zeros, or * for any of them.'
      : `A word is an alias: ${text.slice(0, position - 1)}@${word}. Without a version the newest is read.`,
  );
}

function aliasAt(text: string, position: number): AliasName {
  const found = take(alias, text, position);
  if (found !== undefined) return found as AliasName;
  const digits = take(version, text, position);
  throw invalid(
    text,
    position,
    "an alias' name",
    digits === undefined
      ? 'Aliases are lower-case letters, digits, _ and -, starting with a letter.'
      : `A version stands after a colon: ${text.slice(0, position - 1)}:${digits}.`,
  );
}

function restHint(text: string, position: number, configName: ConfigName | undefined): string {
  if (text.charAt(position) === '@' && configName !== undefined)
    return 'An alias names the config as well: write name@alias.';
  return 'A reference is name, name/config, name:1.2.0, name:1.*.*, name/config:1.2.0 or name@alias.';
}

function take(pattern: RegExp, text: string, position: number): string | undefined {
  pattern.lastIndex = position;
  return pattern.exec(text)?.[0];
}

function invalid(text: string, position: number, expected: string, hint: string): DatasetsError {
  const rest = text.slice(position);
  const got = rest === '' ? 'nothing' : JSON.stringify(rest);
  return new DatasetsError(
    'NAME_INVALID',
    `${JSON.stringify(text)} names no data set: expected ${expected} at character ${position + 1}, got ${got}`,
    { hint },
  );
}
