import { createHash } from 'node:crypto';
import { isBuiltin } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BuildOptions, Metafile, PluginBuild } from 'esbuild';
import { formatEpoch } from './format-epoch.js';
import { installedPackage, packageNameOf, packageVersions } from './installed-packages.js';

/** dist/src or src of this package: its own code counts by `formatEpoch`. */
const ownSource = fileURLToPath(new URL('../', import.meta.url));
const ownPackage = 'ailab-datasets';

/**
 * A digest of what a builder's code does: of its module and every local module that it imports, without types, comments and formatting, and of the
 * versions of the packages that these import.
 *
 * Data files don't count: sources know their state. Neither does what is imported by a computed name, which nobody can know beforehand, nor what a class
 * says of `resources`, `timeout`, `schedule`, `freshness` and `expectations`.
 *
 * @param module file: URL of the builder's module.
 * @returns sha256 in lower-case hex; undefined where the modules can't be followed, so that nobody can say what the code is.
 * @example
 * ```ts
 * const code = await codeFingerprint('file:///team/datasets/product_a/builder.ts');
 * ```
 */
export async function codeFingerprint(module: string): Promise<string | undefined> {
  const bundled = await bundleModule(module);
  if (bundled === undefined) return undefined;
  const packages = await packageVersions(importedPackages(bundled.metafile, dirname(fileURLToPath(module))));
  return createHash('sha256').update(JSON.stringify({ formatEpoch, packages })).update(bundled.code).digest('hex');
}

/**
 * A digest of the same code without the packages, for machines whose packages are compared by their lock files: what npm installs of one differs by platform.
 *
 * @param module file: URL of the builder's module.
 * @returns sha256 in lower-case hex; undefined where the modules can't be followed.
 * @example
 * ```ts
 * const code = await moduleCodeDigest('file:///team/datasets/product_a/builder.ts');
 * ```
 */
export async function moduleCodeDigest(module: string): Promise<string | undefined> {
  const bundled = await bundleModule(module);
  return bundled === undefined ? undefined : createHash('sha256').update(bundled.code).digest('hex');
}

export interface BundledModule {
  readonly code: string;
  readonly metafile: Metafile;
}

/** Undefined where the modules can't be followed. */
export async function bundleModule(module: string): Promise<BundledModule | undefined> {
  const { build } = await import('esbuild');
  const bundled = await build(bundleOptions(fileURLToPath(module))).catch(() => undefined);
  const code = bundled?.outputFiles[0]?.text;
  return bundled === undefined || code === undefined
    ? undefined
    : { code: code.replace(demands, ''), metafile: bundled.metafile };
}

/**
 * `static resources={memory:"16 GiB",cpu:8};` and `static timeout="6 hours";` as esbuild prints them. They change no byte of a version: whoever runs out of memory, or raises a bound after a look at what was kept aside, builds on. Only literals,
 * and only within a class; written in any other way they count like all code.
 */
const demands =
  /(?<=[{};])static (?:resources=\{(?:(?:cpu:\d+|(?:memory|disk|machineType):"[\w .-]*"),?)*\}|schedule=\{(?:(?:cron|timezone):"[^"\\]*",?)*\}|expectations=\{(?:[\w:,.{}]|"[^"\\]*")*\}|(?:timeout|freshness)="[\w .]*");/g;

function bundleOptions(file: string) {
  return {
    entryPoints: [file],
    // Whatever esbuild says of paths is then the same wherever the project lies.
    absWorkingDir: dirname(file),
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    target: 'esnext',
    // Not minified names or syntax: a fingerprint needs no more than one way to write white space.
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'silent',
    plugins: [{ name: 'local-modules', setup: keepPackagesOutside }],
  } as const satisfies BuildOptions;
}

/**
 * Bundles local modules alone. A package that is linked into node_modules (a workspace of the same repository) is local: its version says
 * nothing of its code.
 */
function keepPackagesOutside(build: PluginBuild): void {
  build.onResolve({ filter: /.*/ }, async ({ path, importer, resolveDir, kind, pluginData }) => {
    if (pluginData === 'resolving' || kind === 'entry-point') return undefined;
    if (isBuiltin(path)) return { path, external: true };
    if (path.startsWith('file:')) {
      const file = fileURLToPath(path);
      return file.startsWith(ownSource) ? { path: ownPackage, external: true } : { path: file };
    }
    if (isRelative(path)) {
      const resolved = await build.resolve(path, { importer, resolveDir, kind, pluginData: 'resolving' });
      return resolved.path.startsWith(ownSource) ? { path: ownPackage, external: true } : undefined;
    }
    const name = packageNameOf(path);
    if (name === ownPackage) return { path: ownPackage, external: true };
    const found = name === undefined ? undefined : await installedPackage(name, resolveDir);
    if (found !== undefined) return found.isLinked ? undefined : { path, external: true };
    // A package that is not installed, which code may try to import, or a name that tsconfig.json maps to a file.
    const resolved = await build.resolve(path, { importer, resolveDir, kind, pluginData: 'resolving' });
    return resolved.errors.length > 0 ? { path, external: true } : undefined;
  });
}

function isRelative(path: string): boolean {
  return path.startsWith('.') || path.startsWith('/');
}

/** Names of the packages that bundled modules import, and from where. */
export function importedPackages(metafile: Metafile, base: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [input, { imports }] of Object.entries(metafile.inputs)) {
    for (const { path, external } of imports) {
      const name = external === true && !isBuiltin(path) ? packageNameOf(path) : undefined;
      if (name !== undefined && name !== ownPackage) found.set(name, dirname(resolve(base, input)));
    }
  }
  return found;
}
