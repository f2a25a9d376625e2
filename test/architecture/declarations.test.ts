import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { repositoryRoot } from '../oracle/index.js';

const dist = join(repositoryRoot, 'dist');
/** What package.json exports. */
const doors = ['datasets/index.d.ts', 'src/testing/index.d.ts'];
const imported = /(?:\bfrom |\bimport\()'([^']+)'/g;
const comments = /\/\*[\s\S]*?\*\//g;

/** Packages whose types the declarations need that a door leads to, each with the way there. */
function neededPackages(door: string): ReadonlyMap<string, string> {
  const from = new Map<string, string | undefined>([[join(dist, door), undefined]]);
  const needed = new Map<string, string>();
  for (const file of from.keys()) {
    const text = readFileSync(file, 'utf8').replace(comments, '');
    for (const [, specifier = ''] of text.matchAll(imported)) {
      if (!specifier.startsWith('.')) {
        const name = specifier
          .split('/')
          .slice(0, specifier.startsWith('@') ? 2 : 1)
          .join('/');
        if (!needed.has(name)) needed.set(name, wayTo(file, from));
        continue;
      }
      const target = join(dirname(file), specifier.replace(/\.js$/, '.d.ts'));
      if (existsSync(target) && !from.has(target)) from.set(target, file);
    }
  }
  return needed;
}

function wayTo(file: string, from: ReadonlyMap<string, string | undefined>): string {
  const way: string[] = [];
  for (let place: string | undefined = file; place !== undefined; place = from.get(place))
    way.unshift(relative(dist, place));
  return way.join(' → ');
}

describe('the declarations that users compile against', () => {
  const { dependencies } = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };

  for (const door of doors) {
    it(`need nothing but what is installed with the package: ${door}`, () => {
      const needed = neededPackages(door);
      assert.ok(needed.has('apache-arrow'), 'the test sees no imports');
      const missing = [...needed].filter(([name]) => !name.startsWith('node:') && !Object.hasOwn(dependencies, name));
      assert.deepEqual(missing, []);
    });
  }
});
