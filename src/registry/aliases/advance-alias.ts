import { DatasetsError } from '../../core/errors/index.js';
import type { AliasName, DatasetName } from '../../core/names/index.js';
import { generationNumbers } from '../generations.js';
import { aliasPath } from '../layout.js';
import type { Registry } from '../registry.js';
import type { AliasGeneration, AliasTarget } from './alias-generation.js';
import { type MoveAliasOptions, moveAlias } from './move-alias.js';
import { aliasHistory, readIfSound } from './read-alias.js';

export interface AdvanceAliasOptions extends Pick<MoveAliasOptions, 'reason' | 'actor'> {
  /** Whether the alias goes forward when it moves from what it stands for to the target. */
  isForward(from: AliasTarget): boolean;
  /** Not again to where it has been: whoever rolled it back since meant it. */
  readonly onlyOnce?: boolean;
}

/**
 * Points an alias at a version if that is a step forward, and leaves it where it is if not. Of several who move it at once each looks again at where it stands then, so that in the end it stands for the furthest.
 *
 * @returns the new generation; undefined where nothing moved
 * @throws DatasetsError as `moveAlias`, but not ALIAS_MOVED
 * @example
 * ```ts
 * await advanceAlias(registry, name, nightly, { config, version }, { reason: 'guards passed', isForward: (from) => (from.config ?? '') < config });
 * ```
 */
export async function advanceAlias(
  registry: Registry,
  name: DatasetName,
  alias: AliasName,
  target: AliasTarget,
  { isForward, onlyOnce = false, ...options }: AdvanceAliasOptions,
): Promise<AliasGeneration | undefined> {
  const path = aliasPath(name, alias);
  for (;;) {
    const expected = (await generationNumbers(registry.storage, path)).at(-1) ?? 0;
    const from = expected === 0 ? undefined : (await readIfSound(registry.storage, path, expected))?.target;
    if (from !== undefined && (isSame(from, target) || !isForward(from))) return undefined;
    if (onlyOnce && (await hasStoodFor(registry, name, alias, target))) return undefined;
    try {
      return await moveAlias(registry, name, alias, target, { ...options, expected });
    } catch (error) {
      if (!(error instanceof DatasetsError) || error.code !== 'ALIAS_MOVED') throw error;
    }
  }
}

async function hasStoodFor(
  registry: Registry,
  name: DatasetName,
  alias: AliasName,
  target: AliasTarget,
): Promise<boolean> {
  const moves = await aliasHistory(registry, name, alias);
  return moves.some((move) => move.target !== undefined && isSame(move.target, target));
}

function isSame(one: AliasTarget, other: AliasTarget): boolean {
  return one.config === other.config && one.version === other.version;
}
