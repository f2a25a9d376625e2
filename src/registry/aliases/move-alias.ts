import { randomUUID } from 'node:crypto';
import { DatasetsError } from '../../core/errors/index.js';
import { type AliasName, type DatasetName, formatReference } from '../../core/names/index.js';
import { defaultActor, writeAudit } from '../audit.js';
import { formatJson } from '../format-json.js';
import { generationNumbers, generationPath } from '../generations.js';
import { aliasPath } from '../layout.js';
import type { Registry } from '../registry.js';
import type { AliasGeneration, AliasTarget } from './alias-generation.js';
import { checkAliasTarget } from './check-alias-target.js';
import { readIfSound } from './read-alias.js';

export interface MoveAliasOptions {
  /** The generation that the caller has seen; 0 where there was none. Default: whichever counts now. */
  readonly expected?: number | undefined;
  /** For those who read its history. */
  readonly reason: string;
  /** Default: `user@host`, or AILAB_DATASETS_ACTOR. */
  readonly actor?: string | undefined;
  /** Of a rollback: the generation whose target is set again. */
  readonly restores?: number | undefined;
}

/**
 * Points an alias at a version, or removes it. Of several who move it at once, from the same state, one succeeds; the others are told who.
 *
 * @param target undefined removes the alias.
 * @returns the new generation.
 * @throws DatasetsError ALIAS_MOVED when somebody else moved it first, or it doesn't stand where it was expected; VERSION_UNKNOWN, VERSION_REMOVED when there is no such version; VERSION_YANKED.
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
  const path = aliasPath(name, alias);
  const seen = (await generationNumbers(storage, path)).at(-1) ?? 0;
  if (target !== undefined) await checkAliasTarget(registry, name, target);
  if (options.expected !== undefined && options.expected !== seen) {
    throw await moved(registry, name, alias, options.expected);
  }
  const before = seen === 0 ? undefined : await readIfSound(storage, path, seen);
  const { reason, restores, actor = defaultActor() } = options;
  const move = {
    ...{ target, reason, actor, movedAt: new Date().toISOString() },
    ...(restores !== undefined && { restores }),
  };
  // The id tells two moves apart that are the same in all else.
  const record = {
    name,
    alias,
    ...(target !== undefined && { reference: formatReference({ name, ...target }) }),
    ...move,
  };
  const text = formatJson({ ...record, id: randomUUID() });
  if (!(await storage.createIfAbsent(generationPath(path, seen + 1), text))) {
    throw await moved(registry, name, alias, seen);
  }
  await writeAudit(registry, {
    action: target === undefined ? 'remove-alias' : 'move-alias',
    subject: { name, alias, config: target?.config, version: target?.version },
    ...{ actor, reason, generation: seen + 1 },
    ...(before?.target !== undefined && { from: formatReference({ name, ...before.target }) }),
    ...(target !== undefined && { to: formatReference({ name, ...target }) }),
    ...(restores !== undefined && { restores }),
  });
  return { generation: seen + 1, ...move };
}

/** Says who was first. */
async function moved(
  registry: Registry,
  name: DatasetName,
  alias: AliasName,
  expected: number,
): Promise<DatasetsError> {
  const reference = formatReference({ name, alias });
  const { storage } = registry;
  const path = aliasPath(name, alias);
  const next = (await generationNumbers(storage, path)).find((number) => number > expected);
  const winner = next === undefined ? undefined : await readIfSound(storage, path, next);
  const who = winner === undefined ? 'somebody else moved it' : whoMoved(name, winner);
  return new DatasetsError(
    'ALIAS_MOVED',
    `${reference} in ${registry.location} is not what it was: ${who} after generation ${expected}`,
    { hint: 'Look where it points now, and decide again.', at: { dataset: name } },
  );
}

function whoMoved(name: DatasetName, { actor, target, movedAt, reason }: AliasGeneration): string {
  const done = target === undefined ? 'removed it' : `moved it to ${formatReference({ name, ...target })}`;
  return `${actor} ${done} at ${movedAt}${reason === '' ? '' : ` (${reason})`}`;
}
