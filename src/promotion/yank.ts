import { loadConfig, type ResolvedConfig } from '../core/config/index.js';
import { DatasetsError } from '../core/errors/index.js';
import { formatReference, isVersion, parseReference } from '../core/names/index.js';
import { notify } from '../notify/index.js';
import { defaultActor, openRegistry, setYanked, type Yank } from '../registry/index.js';

export interface UnyankOptions {
  /** For those who read the audit. */
  readonly reason?: string | undefined;
  /** Default: `user@host`, or AILAB_DATASETS_ACTOR. */
  readonly actor?: string | undefined;
  /** Default: the configuration found from the working directory upwards. */
  readonly config?: ResolvedConfig | undefined;
}

/** What a yank, or taking it back, has come to. */
export interface ChangedYank {
  readonly name: string;
  readonly config: string | undefined;
  readonly version: string;
  /** `unchanged`: it was so already. */
  readonly status: 'changed' | 'unchanged';
  readonly generation: number;
  /** As it counts now: who, when and why; undefined for a version that is not yanked. */
  readonly yank: Yank | undefined;
  /** The aliases that stand for the version: whoever reads them is warned, and nothing moves them. */
  readonly aliases: readonly string[];
}

/**
 * Says that a version is not to be used any more: a name alone, wildcards and promotions pass it over; whoever names it, or an alias that stands for it, is told the reason. Its
 * bytes stay as they are.
 *
 * @param reference one version: `product_a:1.1.0`, `product_a/men:1.1.0`.
 * @throws DatasetsError USAGE without a reason, and for a reference that may mean several; DATASET_UNKNOWN, CONFIG_UNKNOWN, VERSION_UNKNOWN, VERSION_REMOVED.
 * @example
 * ```ts
 * const { aliases } = await yank('product_a:1.1.0', { reason: 'labels of May are wrong' });
 * ```
 */
export function yank(reference: string, options: UnyankOptions & { readonly reason: string }): Promise<ChangedYank> {
  return change(reference, true, options);
}

/**
 * Takes a yank back.
 *
 * @throws DatasetsError as `yank`.
 * @example
 * ```ts
 * await unyank('product_a:1.1.0', { reason: 'the labels were right' });
 * ```
 */
export function unyank(reference: string, options: UnyankOptions = {}): Promise<ChangedYank> {
  return change(reference, false, options);
}

async function change(reference: string, isYanked: boolean, options: UnyankOptions): Promise<ChangedYank> {
  const wanted = parseReference(reference);
  if (wanted.version === undefined || !isVersion(wanted.version)) {
    throw new DatasetsError('USAGE', `${reference} may mean several versions`, {
      hint: `Name one: ${formatReference({ name: wanted.name, config: wanted.config, version: '1.2.0' })}.`,
      at: { dataset: wanted.name },
    });
  }
  const config = options.config ?? (await loadConfig());
  const registry = openRegistry(config.registry);
  const resolved = await registry.resolve(wanted);
  const { reason = '', actor } = options;
  const outcome = await setYanked(registry, resolved, isYanked, { reason, actor });
  const { name, version } = resolved;
  if (outcome.status === 'changed') {
    const subject = { dataset: name, config: resolved.config, version, registry: registry.location };
    const by = actor ?? defaultActor();
    notify({ event: isYanked ? 'yank' : 'unyank', ...subject, reason, by, aliases: outcome.aliases }, config);
  }
  return { name, config: resolved.config, version, ...outcome };
}
