import { loadConfig, type ResolvedConfig } from '../core/config/index.js';
import { DatasetsError } from '../core/errors/index.js';
import { formatReference, parseAliasName, parseReference } from '../core/names/index.js';
import { notify } from '../notify/index.js';
import { listAliases, openRegistry, aliasHistory as readHistory, rollbackAlias } from '../registry/index.js';

export interface AliasOptions {
  /** Default: the configuration found from the working directory upwards. */
  readonly config?: ResolvedConfig | undefined;
}

export interface RollbackOptions extends AliasOptions {
  /** For those who read its history. */
  readonly reason?: string | undefined;
  /** Default: `user@host`, or AILAB_DATASETS_ACTOR. */
  readonly actor?: string | undefined;
}

/** An alias of a data set, and the version that it stands for. */
export interface ListedAlias extends AliasMove {
  readonly dataset: string;
  readonly alias: string;
}

/** One move of an alias. */
export interface AliasMove {
  /** From 1; the highest counts. */
  readonly generation: number;
  /** The version that it stood for before, as a reference; undefined where it wasn't set. */
  readonly from: string | undefined;
  /** The version that it stands for since; undefined where it was removed. */
  readonly to: string | undefined;
  readonly reason: string;
  readonly actor: string;
  /** ISO 8601 */
  readonly movedAt: string;
  /** Of a rollback: the generation whose target it set again. */
  readonly restores: number | undefined;
}

export interface Rollback extends ListedAlias {
  readonly to: string;
  /** Versions between the two that can't be used any more, the newest first, and why. */
  readonly skipped: readonly { readonly reference: string; readonly why: string }[];
}

/**
 * Points an alias at what it stood for before; a second time one step further back, since what was rolled back isn't counted any more.
 *
 * @throws DatasetsError VERSION_UNKNOWN when there is nothing to go back to; ALIAS_MOVED when somebody else moved it at the same time; DATASET_UNKNOWN.
 * @example
 * ```ts
 * const { from, to } = await rollback('product_a', 'prod', { reason: 'clicks fell by 4 %' });
 * ```
 */
export async function rollback(dataset: string, alias: string, options: RollbackOptions = {}): Promise<Rollback> {
  const config = options.config ?? (await loadConfig());
  const { registry, name } = await datasetOf(dataset, { config });
  const { reason = '', actor } = options;
  const rolled = await rollbackAlias(registry, name, parseAliasName(alias), { reason, actor });
  const { generation, movedAt, restores, target, from, skipped } = rolled;
  const before = from && formatReference({ name, ...from });
  const moved = { alias, from: before, reason, by: rolled.actor };
  notify({ event: 'rollback', dataset: name, ...target, registry: registry.location, ...moved }, config);
  return {
    ...{ dataset: name, alias, generation, reason, actor: rolled.actor, movedAt, restores, skipped },
    from: before,
    to: formatReference({ name, ...target }),
  };
}

/**
 * The aliases that are set, of one data set or of all, sorted by name.
 *
 * @throws DatasetsError DATASET_UNKNOWN
 * @example
 * ```ts
 * for (const { dataset, alias, to } of await aliases()) console.log(`${dataset}@${alias}`, to);
 * ```
 */
export async function aliases(dataset?: string, options: AliasOptions = {}): Promise<readonly ListedAlias[]> {
  const registry = openRegistry((options.config ?? (await loadConfig())).registry);
  const names =
    dataset === undefined
      ? (await registry.listDatasets()).map(({ name }) => name)
      : [(await datasetOf(dataset, options)).name];
  const found: ListedAlias[] = [];
  for (const name of names) {
    for (const { alias } of await listAliases(registry, name)) {
      const newest = movesOf(name, await readHistory(registry, name, alias)).at(-1);
      if (newest !== undefined) found.push({ dataset: name, alias, ...newest });
    }
  }
  return found;
}

/**
 * Every move of an alias, oldest first: who, when, from where, to where, why.
 *
 * @throws DatasetsError DATASET_UNKNOWN; VERSION_UNKNOWN where it was never set.
 * @example
 * ```ts
 * for (const { movedAt, actor, to, reason } of await aliasHistory('product_a', 'prod')) console.log(movedAt, actor, to, reason);
 * ```
 */
export async function aliasHistory(
  dataset: string,
  alias: string,
  options: AliasOptions = {},
): Promise<readonly AliasMove[]> {
  const { registry, name } = await datasetOf(dataset, options);
  const moves = movesOf(name, await readHistory(registry, name, parseAliasName(alias)));
  if (moves.length > 0) return moves;
  throw new DatasetsError('VERSION_UNKNOWN', `${name} never had an alias ${alias} in ${registry.location}`, {
    hint: `ailab-datasets alias list ${name} shows what is set.`,
    at: { dataset: name },
  });
}

function movesOf(name: string, history: Awaited<ReturnType<typeof readHistory>>): readonly AliasMove[] {
  let before: string | undefined;
  return history.map(({ target, generation, reason, actor, movedAt, restores }) => {
    const from = before;
    const to = target && formatReference({ name, ...target });
    before = to;
    return { generation, from, to, reason, actor, movedAt, restores };
  });
}

/** @throws DatasetsError USAGE for a reference that is more than a name; DATASET_UNKNOWN */
async function datasetOf(dataset: string, { config }: AliasOptions) {
  const registry = openRegistry((config ?? (await loadConfig())).registry);
  const { name, ...rest } = parseReference(dataset);
  if (Object.values(rest).some((part) => part !== undefined)) {
    throw new DatasetsError('USAGE', `${dataset} is more than the name of a data set`, {
      hint: `An alias belongs to a data set with all of its configs: ${name}.`,
    });
  }
  // Says what there is where the name is wrong.
  if ((await registry.listDataset(name)) === undefined) {
    await registry.resolve({ name, config: undefined, version: undefined, alias: undefined });
  }
  return { registry, name };
}
