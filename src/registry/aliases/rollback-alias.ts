import { DatasetsError } from '../../core/errors/index.js';
import { type AliasName, type DatasetName, formatReference } from '../../core/names/index.js';
import { generationNumbers } from '../generations.js';
import { aliasPath } from '../layout.js';
import type { Registry } from '../registry.js';
import type { AliasGeneration, AliasTarget } from './alias-generation.js';
import { checkAliasTarget } from './check-alias-target.js';
import { type MoveAliasOptions, moveAlias } from './move-alias.js';
import { aliasHistory } from './read-alias.js';

/** A version that a rollback passed over, and why. */
export interface SkippedTarget {
  readonly reference: string;
  readonly why: string;
}

export interface AliasRollback extends AliasGeneration {
  readonly target: AliasTarget;
  /** What it stood for; undefined where it had been removed. */
  readonly from: AliasTarget | undefined;
  /** The newest first. */
  readonly skipped: readonly SkippedTarget[];
}

/**
 * Points an alias at what it stood for before. An alias is a stack: whoever moves it puts a version on top, a rollback takes the top away. So
 * a second rollback goes one step further back, and after a new move the first one undoes that move.
 *
 * Versions that can't be promoted any more are passed over.
 *
 * @throws DatasetsError VERSION_UNKNOWN when the alias was never set, or nothing is left below; ALIAS_MOVED when somebody else moved it first.
 * @example
 * ```ts
 * const { target } = await rollbackAlias(registry, name, alias, { reason: 'clicks fell by 4 %' });
 * ```
 */
export async function rollbackAlias(
  registry: Registry,
  name: DatasetName,
  alias: AliasName,
  options: Pick<MoveAliasOptions, 'reason' | 'actor'>,
): Promise<AliasRollback> {
  const expected = (await generationNumbers(registry.storage, aliasPath(name, alias))).at(-1);
  const history = (await aliasHistory(registry, name, alias)).filter(({ generation }) => generation <= (expected ?? 0));
  const stack = [...stackOf(history)];
  const top = stack.pop();
  if (top === undefined) throw neverSet(registry, name, alias);
  const skipped: SkippedTarget[] = [];
  for (let below = stack.pop(); below !== undefined; below = stack.pop()) {
    const { target } = below;
    if (target === undefined || isSame(target, top.target)) continue;
    const why = await whyNot(registry, name, target);
    if (why !== undefined) {
      skipped.push({ reference: formatReference({ name, ...target }), why });
      continue;
    }
    const moved = await moveAlias(registry, name, alias, target, { ...options, expected, restores: below.generation });
    return { ...moved, target, from: top.target, skipped };
  }
  throw nothingBefore(registry, { name, alias }, top, skipped);
}

/** The moves that no rollback has taken back, the newest last. */
function stackOf(history: readonly AliasGeneration[]): readonly AliasGeneration[] {
  const stack: AliasGeneration[] = [];
  for (const move of history) {
    const { restores } = move;
    if (restores === undefined) {
      stack.push(move);
      continue;
    }
    while ((stack.at(-1)?.generation ?? 0) > restores) stack.pop();
  }
  return stack;
}

function isSame(one: AliasTarget, other: AliasTarget | undefined): boolean {
  return one.config === other?.config && one.version === other?.version;
}

/** Undefined where it can be promoted. */
async function whyNot(registry: Registry, name: DatasetName, target: AliasTarget): Promise<string | undefined> {
  try {
    await checkAliasTarget(registry, name, target);
    return undefined;
  } catch (error) {
    if (error instanceof DatasetsError && notPromotable.has(error.code)) return error.message;
    throw error;
  }
}

const notPromotable: ReadonlySet<string> = new Set(['VERSION_UNKNOWN', 'VERSION_REMOVED', 'VERSION_YANKED']);

function neverSet(registry: Registry, name: DatasetName, alias: AliasName): DatasetsError {
  return new DatasetsError('VERSION_UNKNOWN', `${name} has no alias ${alias} in ${registry.location}`, {
    hint: `ailab-datasets alias list ${name} shows what is set.`,
    at: { dataset: name },
  });
}

function nothingBefore(
  registry: Registry,
  alias: { readonly name: DatasetName; readonly alias: AliasName },
  top: AliasGeneration,
  skipped: readonly SkippedTarget[],
): DatasetsError {
  const { name } = alias;
  const reference = formatReference(alias);
  const now = top.target === undefined ? 'is not set' : `stands for ${formatReference({ name, ...top.target })}`;
  const why = skipped.map((passed) => `; ${passed.why}`).join('');
  return new DatasetsError(
    'VERSION_UNKNOWN',
    `${reference} in ${registry.location} ${now}, and there is nothing before that to go back to${why}`,
    { hint: `Promote another version: ailab-datasets promote ${name}:1.2.0 ${alias.alias}`, at: { dataset: name } },
  );
}
