import { resolve } from 'node:path';
import { DatasetsError, nearest } from '../errors/index.js';
import { formatGcsUrl, isGcsUrl, isUrl, parseGcsUrl } from '../location/index.js';
import { type ConfigOrigin, nameInOrigin } from './origin.js';
import type { ResolvedConfig } from './resolved-config.js';

/** A setting as it was made, and what makes its relative paths absolute. */
interface Said<T> {
  readonly value: T;
  readonly origin: ConfigOrigin;
  absolute(path: string): string;
}

/**
 * The registry that counts. A word without a slash is a name where registries have names, and a folder otherwise.
 *
 * @throws DatasetsError CONFIG_INVALID or USAGE for a word that is no registry's name, with the nearest one.
 */
export function resolveRegistry(
  registry: Said<string>,
  named: Said<Readonly<Record<string, string>>>,
): Pick<ResolvedConfig, 'registry' | 'registryName' | 'registries'> {
  const registries = Object.fromEntries(
    Object.entries(named.value).map(([name, place]) => [name, resolvePlace(place, named)]),
  );
  const { value } = registry;
  const found = Object.hasOwn(registries, value) ? registries[value] : undefined;
  if (found !== undefined) return { registry: found, registryName: value, registries };
  const names = Object.keys(registries);
  if (!isPlace(value) && names.length > 0) throw unknownName(registry, names);
  return { registry: resolvePlace(value, registry), registryName: undefined, registries };
}

/**
 * A configuration with another registry: a directory relative to the working directory, `gs://bucket/path`, or a name.
 *
 * @throws DatasetsError USAGE for a word that is no registry's name; NAME_INVALID for a `gs://` URL that is not well-formed.
 * @example
 * ```ts
 * const { registry } = withRegistry(await loadConfig(), 'prod');
 * ```
 */
export function withRegistry(config: ResolvedConfig, registry: string): ResolvedConfig {
  const absolute = (path: string): string => resolve(path);
  const origin: ConfigOrigin = { kind: 'flag' };
  const said = { value: registry, origin, absolute };
  const named = { value: config.registries, origin: config.origins.registries, absolute };
  return { ...config, ...resolveRegistry(said, named), origins: { ...config.origins, registry: origin } };
}

/**
 * Where a registry lies: a name of the configuration, `gs://bucket/path`, or a directory.
 *
 * @param absolute makes a directory's path absolute.
 * @throws DatasetsError CONFIG_INVALID for a word that is no registry's name; NAME_INVALID for a `gs://` URL that is not well-formed.
 */
export function registryPlace(
  registry: string,
  registries: Readonly<Record<string, string>>,
  absolute: (path: string) => string,
): string {
  const named = Object.hasOwn(registries, registry) ? registries[registry] : undefined;
  if (named !== undefined) return named;
  if (isPlace(registry)) return resolvePlace(registry, { absolute });
  throw new DatasetsError('CONFIG_INVALID', `${JSON.stringify(registry)} is no name of a registry`, {
    hint: `${suggestion(registry, Object.keys(registries))} Name it in the configuration: registries: { ${registry}: 'gs://…' }.`,
  });
}

function resolvePlace(place: string, said: Pick<Said<unknown>, 'absolute'>): string {
  return isGcsUrl(place) ? formatGcsUrl(parseGcsUrl(place)) : said.absolute(place);
}

function isPlace(text: string): boolean {
  return isUrl(text) || /^[.~]|[/\\]/.test(text);
}

function unknownName({ value, origin }: Said<string>, names: readonly string[]): DatasetsError {
  return new DatasetsError(
    origin.kind === 'flag' ? 'USAGE' : 'CONFIG_INVALID',
    `${nameInOrigin('registry', origin)} is ${JSON.stringify(value)}, which is no registry's name`,
    {
      hint: `${suggestion(value, names)} A folder of that name would be ./${value}.`,
      ...(origin.kind === 'file' ? { at: { file: origin.file, field: 'registry' } } : {}),
    },
  );
}

function suggestion(word: string, names: readonly string[]): string {
  const meant = nearest(word, names);
  const question = meant === undefined ? '' : `Did you mean ${meant}? `;
  return names.length === 0 ? 'No registry has a name.' : `${question}The registries are: ${names.join(', ')}.`;
}
