import { extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { DatasetsError } from '../core/errors/index.js';

/** Once a thread, also when two modules are asked for at the same time: a second loader would transform everything twice. */
let typeScript: Promise<void> | undefined;

/**
 * Imports a module by path or file: URL; TypeScript needs no build step.
 *
 * tsx registers its loader on first need, in this thread only: workers call this function too.
 *
 * @throws DatasetsError BUILDER_INVALID when the module can't be found, parsed or run; the author's error is its cause.
 */
export async function importModule(module: string): Promise<Readonly<Record<string, unknown>>> {
  const url = module.startsWith('file:') ? module : pathToFileURL(module).href;
  if (/^\.[mc]?ts$/.test(extname(fileURLToPath(url)))) {
    typeScript ??= registerTypeScript();
    await typeScript;
  }
  // An author's stack names the lines that the author wrote. Only now: Node reads the maps of all that is imported from here on (770 files in a build, 170 ms).
  process.setSourceMapsEnabled(true);
  try {
    return (await import(url)) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DatasetsError('BUILDER_INVALID', `${fileURLToPath(url)} can't be imported: ${reason}`, {
      hint: isLoadedAsCommonJs(cause, fileURLToPath(url))
        ? 'Builders are ES modules: set "type": "module" in the package.json above it, or name the file builder.mts.'
        : 'The original error is the cause; --verbose shows its stack.',
      cause,
      at: { file: fileURLToPath(url) },
    });
  }
}

async function registerTypeScript(): Promise<void> {
  const { register } = await import('tsx/esm/api');
  register();
}

/** Node 20 refuses `require()` of an ES module in a circle; later ones fail at what the module itself imports, and list who required it. */
function isLoadedAsCommonJs(error: unknown, file: string): boolean {
  if (!(error instanceof Error)) return false;
  const { requireStack } = error as { readonly requireStack?: readonly string[] };
  return /require\(\) (?:of )?ES Module/.test(error.message) || requireStack?.includes(file) === true;
}
