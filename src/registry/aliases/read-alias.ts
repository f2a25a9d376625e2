import { DatasetsError } from '../../core/errors/index.js';
import type { AliasName, DatasetName } from '../../core/names/index.js';
import type { Storage } from '../../storage/index.js';
import { generationNumbers } from '../generations.js';
import { aliasPath } from '../layout.js';
import type { Registry } from '../registry.js';
import { type AliasGeneration, readGeneration } from './alias-generation.js';

/** What an alias stands for now, or undefined where it isn't set. */
export async function readAlias(
  registry: Registry,
  name: DatasetName,
  alias: AliasName,
): Promise<AliasGeneration | undefined> {
  const path = aliasPath(name, alias);
  const number = (await generationNumbers(registry.storage, path)).at(-1);
  const newest = number === undefined ? undefined : await readGeneration(registry.storage, path, number);
  return newest?.target === undefined ? undefined : newest;
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
  const moves = await Promise.all(numbers.map((number) => readIfSound(storage, path, number)));
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

/** What was decided once is for people to read; one damaged line of it must not keep them from the others. */
export async function readIfSound(
  storage: Storage,
  path: string,
  generation: number,
): Promise<AliasGeneration | undefined> {
  try {
    return await readGeneration(storage, path, generation);
  } catch (error) {
    if (error instanceof DatasetsError && error.code === 'MANIFEST_INVALID') return undefined;
    throw error;
  }
}
