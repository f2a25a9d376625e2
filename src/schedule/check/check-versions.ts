import type { BuilderDefinition } from '../../builder/index.js';
import type { CheckFinding } from './check-report.js';
import type { PublishedVersion } from './published.js';

const mostNamed = 5;

/** What is published and the builder says otherwise: versions that it doesn't list, and those that it says must not be used. */
export function checkVersions(
  { name, versions, builderClass }: BuilderDefinition,
  published: readonly PublishedVersion[],
): readonly CheckFinding[] {
  const blocked = builderClass.blockedVersions ?? {};
  const isListed = (version: string) => versions.some((known) => known === version) || Object.hasOwn(blocked, version);
  const common = { severity: 'warning', dataset: name, config: undefined } as const;
  const unlisted = published.filter(({ version, isYanked }) => !isYanked && !isListed(version));
  const forbidden = published.filter(({ version, isYanked }) => !isYanked && Object.hasOwn(blocked, version));
  return [
    ...(unlisted.length === 0
      ? []
      : [
          {
            ...common,
            problem: 'version-unlisted' as const,
            message: `${named(unlisted)} is published, and the builder lists no such version`,
            hint: 'Put its release note back into `versions`, or yank what must not be used.',
          },
        ]),
    ...forbidden.map(({ reference }) => ({
      ...common,
      problem: 'version-blocked' as const,
      message: `${reference} is published, and the builder says that it must not be used`,
      hint: `ailab-datasets yank ${reference} --reason "..."`,
    })),
  ];
}

function named(versions: readonly PublishedVersion[]): string {
  const names = versions.slice(0, mostNamed).map(({ reference }) => reference);
  const more = versions.length - names.length;
  return `${names.join(', ')}${more === 0 ? '' : ` and ${more} more`}`;
}
