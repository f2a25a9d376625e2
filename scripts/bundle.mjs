import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';

/** What authors, data sets and the command's users name. */
const doors = ['src/index.js', 'src/testing/index.js', 'cli/main.js'];

/** Below src/, whose code the fingerprint of a builder's code knows as this package's own. */
const chunkFolder = 'src/chunks';

const imported = /(?:\bfrom |\bimport |\bimport\()'(\.[^']+)'/g;

/**
 * Puts the compiled modules of src/ and cli/ into some hundred files, in their place: a build loads 700 modules in each of its threads. 70,000 images take
 * 3.0 s of processor time so, and 4.1 s without. One run of esbuild for all doors, so that a class is one class whichever way it is imported. Families and
 * data sets stay as they are.
 *
 * @param dist a compiled package, which must not be one that tests run from: they import modules by their paths.
 */
export async function bundle(dist) {
  const modules = new Map(modulesBelow(dist).map((place) => [place, readFileSync(join(dist, place), 'utf8')]));
  const runByPath = programs(modules);
  // As an entry point that others import, it is sure to come into a chunk.
  const asking = [...modules.keys()].filter(
    (place) => asksWhereItLies(place, modules.get(place)) && !runByPath.includes(place),
  );
  const entryPoints = [...new Set([...doors, ...runByPath, ...asking])];
  const { outputFiles } = await build({
    absWorkingDir: dist,
    entryPoints,
    outdir: dist,
    outbase: dist,
    chunkNames: `${chunkFolder}/[name]-[hash]`,
    bundle: true,
    splitting: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    logLevel: 'error',
    plugins: [
      { name: 'own-places', setup: (setup) => keepPlaces(setup, dist, asking) },
      { name: 'taken-packages', setup: takePackages },
    ],
  });
  for (const place of modules.keys()) {
    rmSync(join(dist, place));
    rmSync(join(dist, `${place}.map`), { force: true });
  }
  for (const { path, contents, text } of outputFiles) {
    if (text.includes('ownPlace') && dirname(path) !== join(dist, chunkFolder))
      throw new Error(`${path} has code of another module that asks where it lies, but is no chunk`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, contents);
  }
}

/** Packages of many files that every command loads: zod's 95 take 48 ms, in one file 21 ms. They stay dependencies, whose types are in declarations. */
function takePackages(setup) {
  setup.onResolve({ filter: /^zod$/ }, ({ path }) => ({ path: fileURLToPath(import.meta.resolve(path)) }));
}

const comments = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;

/** By their paths from dist/, with `/`. */
function modulesBelow(dist) {
  return ['src', 'cli'].flatMap((folder) =>
    readdirSync(join(dist, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.js'))
      .map((entry) => relative(dist, join(entry.parentPath, entry.name)).split(sep).join('/')),
  );
}

/** A module that holds code and that no other imports is run by its path: a worker, a program of its own. */
function programs(modules) {
  const targets = new Set(
    [...modules].flatMap(([place, code]) =>
      [...code.matchAll(imported)].map(([, path]) => posix.join(posix.dirname(place), path)),
    ),
  );
  return [...modules].filter(([place, code]) => !targets.has(place) && !isTypesOnly(code)).map(([place]) => place);
}

/** TypeScript leaves `export {}` of a module of types, and its comments. */
function isTypesOnly(code) {
  return code.replace(comments, '').trim() === 'export {};';
}

function asksWhereItLies(place, code) {
  return place.startsWith('src/') && code.replace(comments, '').includes('import.meta.url');
}

/** A module that asks where it lies, to find a file beside it, is told where it lay before its code came into a chunk. */
function keepPlaces(setup, dist, asking) {
  setup.onLoad({ filter: /\.js$/ }, async ({ path }) => {
    const place = relative(dist, path).split(sep).join('/');
    if (!asking.includes(place)) return undefined;
    const define = { 'import.meta.url': 'ownPlace' };
    const { code } = await transform(readFileSync(path, 'utf8'), { format: 'esm', target: 'node20', define });
    const fromChunk = posix.relative(chunkFolder, place);
    return { contents: `const ownPlace = new URL(${JSON.stringify(fromChunk)}, import.meta.url).href;\n${code}` };
  });
}
