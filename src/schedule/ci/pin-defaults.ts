import type { ResolvedConfig } from '../../core/config/index.js';
import { DatasetsError } from '../../core/errors/index.js';
import { formatReference, parseAliasName } from '../../core/names/index.js';
import { promote } from '../../promotion/index.js';
import { openRegistry, type ResolvedVersion } from '../../registry/index.js';

export interface PinOptions {
  /** Its registry is the one whose names are pinned. */
  readonly config: ResolvedConfig;
  /** For the aliases' history. */
  readonly reason?: string;
}

/** A data set whose bare name means a version from now on. */
export interface PinnedDefault {
  readonly dataset: string;
  /** What the name has meant, and goes on to mean. */
  readonly reference: string;
}

/**
 * Sets the alias `default` of each data set that has none to what its name alone means now, so that a version that is published later is read by nobody who doesn't name it, until `default` is promoted.
 *
 * Data sets that have the alias are left as they are; so are those without a version, and those whose name alone means nothing.
 *
 * @throws DatasetsError of the registry
 * @example
 * ```ts
 * for (const { reference } of await pinDefaults({ config: await loadConfig() })) console.log(reference);
 * ```
 */
export async function pinDefaults({ config, reason }: PinOptions): Promise<readonly PinnedDefault[]> {
  const registry = openRegistry(config.registry);
  const pinned: PinnedDefault[] = [];
  for (const { name } of await registry.listDatasets()) {
    if ((await registry.aliases(name, parseAliasName('default'))) !== undefined) continue;
    const meant = await registry
      .resolve({ name, config: undefined, version: undefined, alias: undefined })
      .catch(unmeant);
    if (meant === undefined) continue;
    const reference = formatReference({ name, config: meant.config, version: meant.version });
    await promote(reference, { alias: 'default', config, ...(reason !== undefined && { reason }) });
    pinned.push({ dataset: name, reference });
  }
  return pinned;
}

/** The bare name of a data set with several configs and no default one is an error to its readers, before and after. */
function unmeant(error: unknown): ResolvedVersion | undefined {
  const nothing = ['CONFIG_UNKNOWN', 'VERSION_UNKNOWN', 'VERSION_YANKED', 'VERSION_REMOVED'];
  if (error instanceof DatasetsError && nothing.includes(error.code)) return undefined;
  throw error;
}
