import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DatasetsError } from '../errors/index.js';

/**
 * Reads what a configuration file exports. TypeScript needs no build step: tsx is loaded for it alone.
 *
 * @param file absolute path
 * @throws DatasetsError CONFIG_INVALID when it can't be read, parsed or run; the original error is its cause.
 */
export async function readConfigFile(file: string): Promise<unknown> {
  if (extname(file) === '.json') return readJson(file);
  const exported = await importConfig(file).catch((cause: unknown) => {
    throw new DatasetsError('CONFIG_INVALID', `${file} can't be imported: ${reasonOf(cause)}`, {
      hint: 'A configuration file is a module whose default export is the configuration.',
      cause,
      at: { file },
    });
  });
  const config = defaultExport(exported);
  if (config === undefined) {
    throw new DatasetsError('CONFIG_INVALID', `${file} has no default export`, {
      hint: "Write: export default defineConfig({ datasets: ['datasets'] });",
      at: { file },
    });
  }
  return config;
}

async function importConfig(file: string): Promise<unknown> {
  const url = pathToFileURL(file).href;
  if (!/^\.m?ts$/.test(extname(file))) return import(url);
  const { tsImport } = await import('tsx/esm/api');
  return tsImport(url, import.meta.url);
}

/** In a project of CommonJS modules, TypeScript's default export arrives inside the default export of the whole module. */
function defaultExport(exported: unknown): unknown {
  if (!isRecord(exported) || !('default' in exported)) return undefined;
  const config = exported['default'];
  return isRecord(config) && config['__esModule'] === true ? defaultExport(config) : config;
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as unknown;
  } catch (cause) {
    throw new DatasetsError('CONFIG_INVALID', `${file} is not readable JSON: ${reasonOf(cause)}`, {
      hint: 'Correct the file, or write it as ailab-datasets.config.ts.',
      cause,
      at: { file },
    });
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
