import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatasetsError } from '../errors/index.js';

/** Names that a configuration file may have. */
export const configFileNames = ['ts', 'mts', 'js', 'mjs', 'json'].map(
  (extension) => `ailab-datasets.config.${extension}`,
);

/**
 * Looks for a configuration file in a folder and in those above it; the nearest wins.
 *
 * @returns its absolute path, or undefined when there is none.
 * @throws DatasetsError CONFIG_INVALID when one folder holds two of them: which one counts would be a guess.
 */
export async function findConfigFile(folder: string): Promise<string | undefined> {
  // A folder that can't be listed (no permission, just deleted) holds no configuration that could be read either.
  const entries = await readdir(folder).catch((): readonly string[] => []);
  const found = configFileNames.filter((name) => entries.includes(name));
  if (found.length > 1) {
    throw new DatasetsError(
      'CONFIG_INVALID',
      `${folder} holds ${found.length} configuration files: ${found.join(', ')}`,
      {
        hint: 'Keep one of them.',
        at: { file: join(folder, found[0] ?? '') },
      },
    );
  }
  if (found[0] !== undefined) return join(folder, found[0]);
  const parent = dirname(folder);
  return parent === folder ? undefined : findConfigFile(parent);
}
