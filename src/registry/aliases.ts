import { randomUUID } from 'node:crypto';
import { DatasetsError } from '../core/errors/index.js';
import { parseJson } from '../core/json/index.js';
import {
  type AliasName,
  type ConfigName,
  type DatasetName,
  formatReference,
  isConfigName,
  isVersion,
  type Version,
} from '../core/names/index.js';
import type { Storage } from '../storage/index.js';
import { defaultActor, writeAudit } from './audit.js';
import { formatJson } from './format-json.js';
import { generationNumbers, generationPath } from './generations.js';
import { aliasPath, versionPath } from './layout.js';
import type { Registry } from './registry.js';
import { isVersionDirectory } from './version-directory.js';

/** What an alias stands for. */
export interface AliasTarget {
  readonly config?: ConfigName | undefined;
  readonly version: Version;
}

/** One move of an alias, as its generation says it. */
export interface AliasGeneration {
  /** From 1; the highest counts. */
  readonly generation: number;
  /** Undefined where the alias was removed. */
  readonly target: AliasTarget | undefined;
  readonly reason: string;
  readonly actor: string;
  /** ISO 8601 */
  readonly movedAt: string;
}

export interface MoveAliasOptions {
  /** The generation that the caller has seen; 0 where there was none. Default: whichever counts now. */
  readonly expected?: number | undefined;
  /** For those who read its history. */
  readonly reason: string;
  /** Default: `user@host`, or AILAB_DATASETS_ACTOR. */
  readonly actor?: string | undefined;
}

/** What an alias stands for now, or undefined where it isn't set. */
export async function readAlias(
  registry: Registry,
  name: DatasetName,
  alias: AliasName,
): Promise<AliasGeneration | undefined> {
  const newest = await newestMove(registry.storage, name, alias);
  return newest?.target === undefined ? undefined : newest;
}

/**
 * Points an alias at a version, or removes it. Of several who move it at once, from the same state, one succeeds.
 *
 * @param target undefined removes the alias.
 * @returns the new generation.
 * @throws DatasetsError ALIAS_MOVED when somebody else moved it first, or it doesn't stand where it was expected; VERSION_UNKNOWN when there is no such version.
 * @example
 * ```ts
 * const seen = await readAlias(registry, name, alias);
 * await moveAlias(registry, name, alias, { version }, { expected: seen?.generation ?? 0, reason: 'guards passed' });
 * ```
 */
export async function moveAlias(
  registry: Registry,
  name: DatasetName,
  alias: AliasName,
  target: AliasTarget | undefined,
  options: MoveAliasOptions,
): Promise<AliasGeneration> {
  const { storage } = registry;
  await checkTarget(registry, name, target);
  const path = aliasPath(name, alias);
  const seen = (await generationNumbers(storage, path)).at(-1) ?? 0;
  if (options.expected !== undefined && options.expected !== seen) throw moved(registry, name, alias, options.expected);
  const actor = options.actor ?? defaultActor();
  const move = { target, reason: options.reason, actor, movedAt: new Date().toISOString() };
  // The id tells two moves apart that are the same in all else.
  const record = {
    name,
    alias,
    ...(target !== undefined && { reference: formatReference({ name, ...target }) }),
    ...move,
  };
  const text = formatJson({ ...record, id: randomUUID() });
  if (!(await storage.createIfAbsent(generationPath(path, seen + 1), text))) throw moved(registry, name, alias, seen);
  const subject = { name, alias, config: target?.config, version: target?.version };
  await writeAudit(registry, {
    action: target === undefined ? 'remove-alias' : 'move-alias',
    ...{ subject, actor, reason: options.reason, generation: seen + 1 },
  });
  return { generation: seen + 1, ...move };
}

/** Every move of an alias, oldest first. Generations that can't be read are left out. */
export async function aliasHistory(
  registry: Registry,
  name: DatasetName,
  alias: AliasName,
): Promise<readonly AliasGeneration[]> {
  const { storage } = registry;
  const path = aliasPath(name, alias);
  const numbers = await generationNumbers(storage, path);
  const moves = await Promise.all(numbers.map((number) => readMove(storage, path, number)));
  return moves.filter((move) => move !== undefined);
}

/** The aliases that are set for a data set, sorted by name. */
export async function listAliases(
  registry: Registry,
  name: DatasetName,
): Promise<readonly (AliasGeneration & { readonly alias: AliasName })[]> {
  const entries = await registry.storage.list(`${name}/.aliases`);
  const names = entries.filter(({ kind }) => kind === 'directory').map((entry) => entry.name as AliasName);
  const found = await Promise.all(
    names.map(async (alias) => {
      const newest = await readAlias(registry, name, alias);
      return newest === undefined ? undefined : { alias, ...newest };
    }),
  );
  return found.filter((entry) => entry !== undefined);
}

async function newestMove(storage: Storage, name: DatasetName, alias: AliasName): Promise<AliasGeneration | undefined> {
  const path = aliasPath(name, alias);
  const number = (await generationNumbers(storage, path)).at(-1);
  return number === undefined ? undefined : readMove(storage, path, number);
}

/** @throws DatasetsError MANIFEST_INVALID for a generation that nobody can read: guessing an older one would serve other data. */
async function readMove(storage: Storage, path: string, generation: number): Promise<AliasGeneration | undefined> {
  const file = generationPath(path, generation);
  const bytes = await storage.read(file);
  if (bytes === undefined) return undefined;
  const record = parseJson(bytes, file);
  const fields = typeof record === 'object' && record !== null && !Array.isArray(record) ? record : {};
  const { target, reason, actor, movedAt } = fields as Readonly<Record<string, unknown>>;
  return {
    generation,
    target: target === undefined ? undefined : parseTarget(target, file),
    reason: textOf(reason),
    actor: textOf(actor),
    movedAt: textOf(movedAt),
  };
}

/** Of a field that only people read: nothing where something else wrote it. */
function textOf(field: unknown): string {
  return typeof field === 'string' ? field : '';
}

function parseTarget(target: unknown, file: string): AliasTarget {
  if (typeof target === 'object' && target !== null && 'version' in target) {
    const { version } = target;
    const config = 'config' in target ? target.config : undefined;
    const isConfig = config === undefined || (typeof config === 'string' && isConfigName(config));
    if (typeof version === 'string' && isVersion(version) && isConfig) return { config, version };
  }
  throw new DatasetsError('MANIFEST_INVALID', `${file} names no version`, {
    hint: 'Something else wrote it. Move the alias again.',
    at: { file },
  });
}

async function checkTarget(registry: Registry, name: DatasetName, target: AliasTarget | undefined): Promise<void> {
  if (target === undefined) return;
  const path = versionPath({ name, ...target });
  if (await isVersionDirectory(registry.storage, path)) return;
  const reference = formatReference({ name, ...target });
  throw new DatasetsError('VERSION_UNKNOWN', `there is no ${reference} in ${registry.location}`, {
    hint: `Build it first: ailab-datasets build ${reference}`,
    at: { dataset: name },
  });
}

function moved(registry: Registry, name: DatasetName, alias: AliasName, expected: number): DatasetsError {
  const reference = formatReference({ name, alias });
  return new DatasetsError(
    'ALIAS_MOVED',
    `${reference} in ${registry.location} is not what it was: somebody else moved it after generation ${expected}`,
    { hint: 'Look where it points now, and decide again.', at: { dataset: name } },
  );
}
