import { parseJson } from '../core/json/index.js';
import { isVersion } from '../core/names/index.js';
import type { Storage } from '../storage/index.js';
import { defaultConfigFile } from './layout.js';
import { isVersionDirectory } from './version-directory.js';

interface Published {
  readonly name: string;
  readonly config?: string | undefined;
}

/**
 * Keeps tfds' note of the default config (`<name>/.config/metadata.json`) right for a version that is about to be published.
 *
 * The note is there for data sets that have only configs. Beside a version without config it would take that one's place: tfds sends every
 * reference without a config there (read_only_builder.py, `_find_builder_dir_single_dir`).
 */
export async function updateDefaultConfig(
  storage: Storage,
  published: Published,
  defaultConfig: string | undefined,
): Promise<void> {
  const file = defaultConfigFile(published.name);
  if (published.config === undefined || (await hasPlainVersion(storage, published.name))) {
    await storage.delete(file);
  } else if (defaultConfig !== undefined && defaultConfig !== (await readDefaultConfig(storage, published.name))) {
    await storage.write(file, JSON.stringify({ default_config_name: defaultConfig }));
  }
}

/** The config that a reference without one means, as tfds knows it. */
export async function readDefaultConfig(storage: Storage, name: string): Promise<string | undefined> {
  const bytes = await storage.read(defaultConfigFile(name));
  if (bytes === undefined) return undefined;
  try {
    const note: unknown = parseJson(bytes, defaultConfigFile(name));
    const config =
      typeof note === 'object' && note !== null && 'default_config_name' in note && note.default_config_name;
    return typeof config === 'string' ? config : undefined;
  } catch {
    // The note is a convenience that anybody may write; a damaged one is as good as none.
    return undefined;
  }
}

async function hasPlainVersion(storage: Storage, name: string): Promise<boolean> {
  for (const entry of await storage.list(name)) {
    if (
      entry.kind === 'directory' &&
      isVersion(entry.name) &&
      (await isVersionDirectory(storage, `${name}/${entry.name}`))
    ) {
      return true;
    }
  }
  return false;
}
