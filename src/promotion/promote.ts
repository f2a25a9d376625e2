import { resolve } from 'node:path';
import { stagingDirectory } from '../build/index.js';
import { loadConfig, type ResolvedConfig, registryPlace } from '../core/config/index.js';
import { DatasetsError } from '../core/errors/index.js';
import { type AliasName, formatReference, parseAliasName, parseReference } from '../core/names/index.js';
import { notify } from '../notify/index.js';
import {
  defaultActor,
  moveAlias,
  openRegistry,
  type Registry,
  type ResolvedVersion,
  readAlias,
  readYank,
  versionYanked,
  type Yank,
} from '../registry/index.js';
import { type CopyOptions, type CopyReport, copyVersion } from './copy-version.js';

export interface PromoteOptions extends Pick<CopyOptions, 'actor' | 'signal' | 'onWaiting' | 'onStart' | 'onProgress'> {
  /** The alias that is to stand for it, in the registry that it is promoted to. */
  readonly alias?: string | undefined;
  /** The registry that the version is copied from: a name of the configuration, a directory, `gs://bucket/path`. Default: nothing is copied; with `to` the configuration's. */
  readonly from?: string | undefined;
  /** The registry that it is promoted in. Default: the configuration's. */
  readonly to?: string | undefined;
  /** For those who read the alias' history and the audit. */
  readonly reason?: string | undefined;
  /** Default: the configuration found from the working directory upwards. */
  readonly config?: ResolvedConfig | undefined;
}

export interface Promotion {
  readonly name: string;
  readonly config: string | undefined;
  readonly version: string;
  /** The registry that it was promoted in: an absolute directory or a URL. */
  readonly registry: string;
  /** Where it lies there. */
  readonly location: string;
  /** What was copied from another registry. */
  readonly copy: (CopyReport & { readonly from: string }) | undefined;
  readonly alias: PromotedAlias | undefined;
}

/** An alias that stands for the version now. */
export interface PromotedAlias {
  readonly name: string;
  readonly generation: number;
  /** `unchanged`: it stood for that version before. */
  readonly status: 'moved' | 'unchanged';
  /** The version that it stood for before; undefined where it wasn't set. */
  readonly from: string | undefined;
  /** Somebody yanked the version at the same time. */
  readonly yank?: Yank;
}

/**
 * Says that a version is fit for a use: points an alias at it, copies it to another registry, or both. The version is never built again: what was verified is what is
 * used.
 *
 * @param reference `product_a:1.2.0`, also `product_a@candidate`: what that stands for now.
 * @throws DatasetsError USAGE when neither an alias nor another registry is named; DATASET_UNKNOWN, CONFIG_UNKNOWN, VERSION_UNKNOWN, VERSION_REMOVED; VERSION_YANKED; ALIAS_MOVED when somebody else moved the
 *   alias at the same time, with who; VERSION_IMMUTABLE, DATA_CORRUPT and the other errors of a copy. The alias is moved last.
 * @example
 * ```ts
 * await promote('product_a@candidate', { alias: 'prod', reason: 'three days without complaints' });
 * await promote('product_a:1.2.0', { from: 'dev', to: 'prod', alias: 'prod', reason: 'release 12' });
 * ```
 */
export async function promote(reference: string, options: PromoteOptions): Promise<Promotion> {
  const config = options.config ?? (await loadConfig());
  const alias = options.alias === undefined ? undefined : parseAliasName(options.alias);
  const { from, to } = registriesOf(options, config);
  if (from === undefined && alias === undefined) throw nothingToDo(reference);
  const reason = options.reason ?? '';
  const source = await (from ?? to).resolve(parseReference(reference));
  if (source.yank !== undefined) throw versionYanked(source, source.yank, (from ?? to).location);
  const copied =
    from && (await copyVersion(from, to, source, { ...options, reason, workDirectory: stagingDirectory(config) }));
  const promoted = alias && (await promoteAlias(to, source, alias, { reason, actor: options.actor }));
  const { name, config: own, version } = source;
  if (promoted?.status !== 'unchanged' && (promoted !== undefined || copied?.status === 'copied')) {
    const moved = promoted === undefined ? { from: from?.location } : { alias, from: promoted.from };
    const by = options.actor ?? defaultActor();
    notify(
      { event: 'promote', dataset: name, config: own, version, registry: to.location, ...moved, reason, by },
      config,
    );
  }
  return {
    ...{ name, config: own, version },
    registry: to.location,
    location: to.locationOf(source.path),
    copy: from && copied && { ...copied, from: from.location },
    alias: promoted,
  };
}

async function promoteAlias(
  registry: Registry,
  { name, config, version }: ResolvedVersion,
  alias: AliasName,
  options: { readonly reason: string; readonly actor: string | undefined },
): Promise<PromotedAlias> {
  const before = await readAlias(registry, name, alias);
  const from = before?.target && formatReference({ name, ...before.target });
  if (before !== undefined && from === formatReference({ name, config, version })) {
    return { name: alias, generation: before.generation, status: 'unchanged', from };
  }
  const moved = await moveAlias(registry, name, alias, { config, version }, options);
  // Whoever yanks a version reads its aliases afterwards, so that one of the two sees the other.
  const yank = await readYank(registry.storage, { name, config, version });
  return { name: alias, generation: moved.generation, status: 'moved', from, ...(yank !== undefined && { yank }) };
}

function registriesOf(
  { from, to }: PromoteOptions,
  config: ResolvedConfig,
): { readonly from: Registry | undefined; readonly to: Registry } {
  const place = (registry: string) => registryPlace(registry, config.registries, (path) => resolve(path));
  const target = to === undefined ? config.registry : place(to);
  if (from === undefined && to === undefined) return { from: undefined, to: openRegistry(target) };
  const source = from === undefined ? config.registry : place(from);
  if (source !== target) return { from: openRegistry(source), to: openRegistry(target) };
  throw new DatasetsError('USAGE', `--from and --to are both ${target}`, {
    hint: 'Name two registries, or leave both out to move an alias.',
  });
}

function nothingToDo(reference: string): DatasetsError {
  return new DatasetsError('USAGE', `${reference} is to be promoted, and nothing says to what`, {
    hint: `Name an alias: ailab-datasets promote ${reference} prod. Or another registry: --from dev --to prod.`,
  });
}
