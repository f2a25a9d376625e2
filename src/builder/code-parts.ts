import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { dirname, extname, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Loader } from 'esbuild';
import { bundleModule, importedPackages } from './code-fingerprint.js';
import { lockedPackages } from './locked-packages.js';
import { mayReadInfo, withoutProse } from './without-prose.js';

/** A module as it counts. */
export interface CodeModule {
  /** sha256 of the text, lower-case hex. */
  readonly digest: string;
  /** Without types, comments, the author's formatting, and prose. */
  readonly text: string;
}

/** What a builder's code is made of. Paths are relative to the folder of its module, with `/`. */
export interface CodeParts {
  readonly modules: Readonly<Record<string, CodeModule>>;
  /** Version and integrity by name, also of those that packages depend on. */
  readonly packages: Readonly<Record<string, string>>;
  /** Files that modules name as `new URL('./labels.txt', import.meta.url)`; absolute paths. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Takes a builder's code apart: its module and every local module that it imports, directly or not, the packages that these import, and the files that they name.
 *
 * Comments, formatting, types, release notes and documentation don't count (`withoutProse`), nor does what is imported, or named, by a computed name, which nobody can know beforehand.
 *
 * @param module file: URL of the builder's module
 * @returns undefined where the modules can't be followed
 * @example
 * ```ts
 * const code = await codeParts('file:///team/datasets/product_a/builder.ts');
 * console.log(Object.keys(code?.modules ?? {})); // [ 'builder.ts', 'helpers/clean.ts' ]
 * ```
 */
export async function codeParts(module: string): Promise<CodeParts | undefined> {
  const entry = fileURLToPath(module);
  const base = dirname(entry);
  const bundled = await bundleModule(module);
  if (bundled === undefined) return undefined;
  const inputs = Object.keys(bundled.metafile.inputs)
    .map((input) => resolve(base, input))
    .sort();
  const modules: Record<string, CodeModule> = {};
  const files: Record<string, string> = {};
  const plain = await Promise.all(inputs.map(async (file) => ({ file, text: await plainCode(file) })));
  const isInfoRead = plain.some(({ file, text }) => file !== entry && mayReadInfo(text ?? ''));
  for (const { file, text } of plain) {
    const place = file !== entry ? 'imported' : isInfoRead ? 'entry-with-read-info' : 'entry';
    const code = text === undefined ? undefined : await normalised(withoutProse(text, place));
    if (code === undefined) return undefined;
    modules[relativeTo(base, file)] = code;
    for (const named of await namedFiles(code.text, file)) files[relativeTo(base, named)] = named;
  }
  return { modules, files, packages: await lockedPackages(importedPackages(bundled.metafile, base)) };
}

function relativeTo(base: string, file: string): string {
  return relative(base, file).split(sep).join('/');
}

const loaders: Readonly<Record<string, Loader>> = {
  '.ts': 'ts',
  '.mts': 'ts',
  '.cts': 'ts',
  '.tsx': 'tsx',
  '.jsx': 'jsx',
  '.json': 'json',
};
/** Short enough for a difference to be read. */
const lineLimit = 100;

const common = { format: 'esm', target: 'esnext', legalComments: 'none', logLevel: 'silent' } as const;

/** Without white space, types and comments. Undefined for what is no code, though the bundler could read it a moment ago: nobody can say what the builder does then. */
async function plainCode(file: string): Promise<string | undefined> {
  const { transform } = await import('esbuild');
  const loader = loaders[extname(file)] ?? 'js';
  try {
    const { code } = await transform(await readFile(file, 'utf8'), { ...common, loader, minifyWhitespace: true });
    return code.trimEnd();
  } catch {
    return undefined;
  }
}

/** Printed again, so that the author's line breaks are not in it either. */
async function normalised(counted: string): Promise<CodeModule | undefined> {
  const { transform } = await import('esbuild');
  const printed = await transform(counted, { ...common, loader: 'js', lineLimit }).catch(() => undefined);
  if (printed === undefined) return undefined;
  return { digest: createHash('sha256').update(printed.code).digest('hex'), text: printed.code };
}

/** Regular files alone: sources look at patterns and folders. */
async function namedFiles(code: string, module: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [, , name = ''] of code.matchAll(
    /new URL\(\s*(["'`])(\.{1,2}\/[^"'`\\?#]+)\1,\s*import\.meta\.url\s*\)/g,
  )) {
    const file = resolve(dirname(module), decodeURI(name));
    const isFile = await stat(file).then(
      (stats) => stats.isFile(),
      () => false,
    );
    if (isFile) found.push(file);
  }
  return found;
}
