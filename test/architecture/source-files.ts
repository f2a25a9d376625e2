import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { repositoryRoot } from '../oracle/index.js';

/** A TypeScript file of the product, by its path from the repository's root with `/`. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

export interface Import {
  /** The TypeScript file imported: `./leaf.js` in src/features/feature.ts is `src/features/leaf.ts`. Of generated JavaScript, its declarations. */
  readonly target: string;
  /** `import type` vanishes in the JavaScript; a dynamic import waits until somebody asks. */
  readonly kind: 'static' | 'type' | 'dynamic';
}

/** Every TypeScript file below those of the folders that exist. */
export function readSourceFiles(folders: readonly string[]): SourceFile[] {
  return folders.flatMap(listTypeScript).map((path) => {
    const text = readFileSync(join(repositoryRoot, path), 'utf8');
    return { path, text, imports: relativeImports(path, text) };
  });
}

function listTypeScript(folder: string): string[] {
  if (!existsSync(join(repositoryRoot, folder))) return [];
  return readdirSync(join(repositoryRoot, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => posix.join(posix.relative(repositoryRoot, entry.parentPath), entry.name))
    .sort();
}

// The formatter puts every import and export statement at the start of a line, so no parser is needed.
const staticImport = /^(?:import|export)\s+(type\s)?(?:[^;'"]*?\sfrom\s+)?'(\.[^']+)'/gm;
const dynamicImport = /^(?!\s*(?:\*|\/\/)).*\bimport\('(\.[^']+)'\)/gm;

function relativeImports(path: string, text: string): Import[] {
  const imported = (specifier: string): string => {
    const module = posix.join(posix.dirname(path), specifier);
    const declarations = module.replace(/\.js$/, '.d.ts');
    return existsSync(join(repositoryRoot, declarations)) ? declarations : module.replace(/\.js$/, '.ts');
  };
  const found: Import[] = [];
  for (const [, type, specifier = ''] of text.matchAll(staticImport)) {
    found.push({ target: imported(specifier), kind: type === undefined ? 'static' : 'type' });
  }
  for (const [, specifier = ''] of text.matchAll(dynamicImport)) {
    found.push({ target: imported(specifier), kind: 'dynamic' });
  }
  return found;
}
