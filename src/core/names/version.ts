import { DatasetsError } from '../errors/index.js';
import type { Branded } from './names.js';

/** `1.2.0`: three numbers without leading zeros, as in tfds' version.py. */
export type Version = Branded<'Version'>;
/** A version, or one with `*` for any of its numbers: `1.*.*`. */
export type VersionPattern = Version | Branded<'VersionPattern'>;

const number = '(?:0|[1-9]\\d{0,14})';
/** The grammar as the source of a regular expression. Fifteen digits are exact in a number. */
export const versionCharacters = `${number}\\.${number}\\.${number}`;
export const versionPatternCharacters = `(?:${number}|\\*)\\.(?:${number}|\\*)\\.(?:${number}|\\*)`;
const wholeVersion = new RegExp(`^${versionCharacters}$`);
const wholePattern = new RegExp(`^${versionPatternCharacters}$`);

export function isVersion(text: string): text is Version {
  return wholeVersion.test(text);
}

export function isVersionPattern(text: string): text is VersionPattern {
  return wholePattern.test(text);
}

/** @throws DatasetsError NAME_INVALID unless `text` is three numbers with dots. */
export function parseVersion(text: string): Version {
  if (isVersion(text)) return text;
  throw new DatasetsError('NAME_INVALID', `${JSON.stringify(text)} is no version`, {
    hint: isVersionPattern(text)
      ? 'Here a single version is needed, without *.'
      : 'Write three numbers without leading zeros: 1.2.0.',
  });
}

/** @throws DatasetsError NAME_INVALID unless `text` is three numbers or asterisks with dots. */
export function parseVersionPattern(text: string): VersionPattern {
  if (isVersionPattern(text)) return text;
  throw new DatasetsError('NAME_INVALID', `${JSON.stringify(text)} is no version`, {
    hint: 'Write three numbers without leading zeros, or * for any: 1.2.0, 1.*.*.',
  });
}

export function versionNumbers(version: Version): readonly [major: number, minor: number, patch: number] {
  const [major, minor, patch] = version.split('.').map(Number);
  return [major ?? 0, minor ?? 0, patch ?? 0];
}

/** Negative when `a` is older than `b`: a comparator that sorts oldest first. */
export function compareVersions(a: Version, b: Version): number {
  const left = versionNumbers(a);
  const right = versionNumbers(b);
  return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
}

export function matchesVersion(pattern: VersionPattern, version: Version): boolean {
  const numbers = version.split('.');
  return pattern.split('.').every((part, index) => part === '*' || part === numbers[index]);
}

/**
 * The newest of some versions, by number.
 *
 * @param pattern considers only versions that match.
 * @example
 * ```ts
 * newestVersion([parseVersion('1.9.0'), parseVersion('1.10.0')]); // '1.10.0'
 * ```
 */
export function newestVersion(versions: Iterable<Version>, pattern?: VersionPattern): Version | undefined {
  let newest: Version | undefined;
  for (const version of versions) {
    if (pattern !== undefined && !matchesVersion(pattern, version)) continue;
    if (newest === undefined || compareVersions(version, newest) > 0) newest = version;
  }
  return newest;
}
