import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { build, transform } from 'esbuild';

/** What is run by its path: the doors of the package, the command, and the programs of threads and processes. */
const entryPoints = [
  'src/index.js',
  'src/testing/index.js',
  'src/engines/threads/worker.js',
  'src/sources/text/count-lines-process.js',
  'cli/main.js',
];

/** Below src/, whose code the fingerprint of a builder's code knows as this package's own. */
const chunkFolder = 'src/chunks';

/**
 * Puts the compiled modules of src/ and cli/ into some hundred files, in their place: a build loads 700 modules in each of its threads. 70,000 images take
 * 3.0 s of processor time so, and 4.1 s without. One run of esbuild for all doors, so that a class is one class whichever way it is imported. Families and data sets stay as they are.
 *
 * @param dist a compiled package, which must not be one that tests run from: they import modules by their paths.
 */
export async function bundle(dist) {
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
    plugins: [{ name: 'own-places', setup: (setup) => keepPlaces(setup, dist) }],
  });
  for (const folder of ['src', 'cli']) removeModules(join(dist, folder));
  for (const { path, contents, text } of outputFiles) {
    if (text.includes('ownPlace') && dirname(path) !== join(dist, chunkFolder))
      throw new Error(`${path} has code that asks where it lies, and is no chunk: name an entry point that shares it`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, contents);
  }
}

/** A module of src/ that asks where it lies, to find a file beside it, is told where it lay before its code came into a chunk. */
function keepPlaces(setup, dist) {
  setup.onLoad({ filter: /\.js$/ }, async ({ path }) => {
    const code = readFileSync(path, 'utf8');
    const place = relative(dist, path).split(sep).join('/');
    if (!place.startsWith('src/') || !code.includes('import.meta.url')) return undefined;
    const told = await transform(code, { format: 'esm', target: 'node20', define: { 'import.meta.url': 'ownPlace' } });
    // Comments are gone by now.
    if (!told.code.includes('ownPlace')) return undefined;
    const fromChunk = relative(chunkFolder, place).split(sep).join('/');
    return { contents: `const ownPlace = new URL(${JSON.stringify(fromChunk)}, import.meta.url).href;\n${told.code}` };
  });
}

function removeModules(folder) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && /\.js(\.map)?$/.test(entry.name)) rmSync(join(entry.parentPath, entry.name));
  }
}
