import { isAbsolute, relative, sep } from 'node:path';
import type { ResolvedConfig } from '../../core/config/index.js';

/** Nothing here is what a data set may be made of: logs stay in. */
const always = [
  "# What an image of workers has no use for, and what is nobody else's business. Written by: ailab-datasets container emit",
  '**/node_modules',
  '**/.git',
  '**/.npmrc',
  '**/.env',
  '**/.env.*',
  '**/.netrc',
  '**/.ssh',
  '**/.venv',
  '**/__pycache__',
  '**/.DS_Store',
  '**/*.tsbuildinfo',
];

/** What is left out of an image: also registries, caches and work directories that lie in the project. */
export function dockerIgnore(config: ResolvedConfig, root: string, emitted: readonly string[]): string {
  const places = [config.registry, ...Object.values(config.registries), config.cacheDirectory, config.workDirectory];
  const inside = new Set(places.flatMap((place) => (place === undefined ? [] : pathWithin(root, place))));
  return `${[...always, ...[...inside, ...emitted.flatMap((file) => pathWithin(root, file))].sort()].join('\n')}\n`;
}

/** Relative to the root, with `/`; nothing for what lies elsewhere. */
function pathWithin(root: string, place: string): readonly string[] {
  if (!isAbsolute(place)) return [];
  const path = relative(root, place);
  return path === '' || path.startsWith('..') || isAbsolute(path) ? [] : [`/${path.split(sep).join('/')}`];
}
