import type { Manifest } from '../../registry/index.js';
import type { RetainedResult, SourceState } from '../../sources/index.js';

/**
 * How long a version can be built again, as far as its queries go: as long as the one that is gone first.
 *
 * @returns undefined where there is no query: files are read as they are
 */
export function rebuildableOf(
  retained: readonly RetainedResult[],
  sources: readonly Pick<SourceState, 'uri'>[],
): Manifest['rebuildable'] {
  const first = [...retained].sort((a, b) => rank(a.until) - rank(b.until))[0];
  if (first === undefined) return undefined;
  const deciding = retained.filter(({ until }) => until === first.until).map(({ why }) => why);
  const read = new Set(retained.flatMap(({ uri, inputs }) => [uri, ...inputs]));
  const others = sources.filter(({ uri }) => !read.has(uri)).map(({ uri }) => uri);
  const needs = others.length === 0 || first.until === 'never' ? [] : [`needed besides, unchanged: ${shown(others)}`];
  return { until: first.until, why: [...new Set([...deciding, ...needs])].join('; ') };
}

function rank(until: RetainedResult['until']): number {
  if (until === 'never') return Number.NEGATIVE_INFINITY;
  return until === 'always' ? Number.POSITIVE_INFINITY : Date.parse(until);
}

const mostShown = 3;

function shown(uris: readonly string[]): string {
  const more = uris.length - mostShown;
  return `${uris.slice(0, mostShown).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
