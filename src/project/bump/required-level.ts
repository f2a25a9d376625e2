import { type BuildOptions, compareWithBuild, type PublishedComparison } from '../../build/index.js';
import type { BuilderDefinition } from '../../builder/index.js';
import { formatReference } from '../../core/names/index.js';
import { type Bump, isEnough } from '../../quality/index.js';

/** The bump that a data set takes as it is now, and why. */
export interface RequiredLevel {
  readonly level: Bump;
  /** In lines, for people. */
  readonly because: readonly string[];
}

/** The largest that any of its configs takes. Those that are not published have nothing to be compared with. */
export async function requiredLevel(
  { name, configs, versions: [version] }: BuilderDefinition,
  options: Pick<BuildOptions, 'config' | 'signal' | 'onProgress'>,
): Promise<RequiredLevel> {
  const comparisons: PublishedComparison[] = [];
  for (const config of configs.length === 0 ? [undefined] : configs) {
    comparisons.push(await compareWithBuild(formatReference({ name, config, version }), options));
  }
  const compared = comparisons.filter(({ status }) => status !== 'unpublished');
  if (compared.length === 0) {
    const because = `${formatReference({ name, version })} is not published yet: what the code gives now may be published as that`;
    return { level: 'none', because: [because] };
  }
  const level = compared.reduce<Bump>((most, { bump }) => (isEnough(most, bump) ? most : bump), 'none');
  const deciding = compared.filter(
    ({ bump, status }) => bump === level && (level === 'none' || status === 'different'),
  );
  return {
    level,
    because: deciding.flatMap(({ reference, because }) =>
      configs.length === 0 ? because : because.map((line) => `${reference}: ${line}`),
    ),
  };
}
