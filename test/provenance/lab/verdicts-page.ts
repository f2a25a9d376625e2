import { join } from 'node:path';
import { repositoryRoot } from '../../oracle/index.js';
import { type Edit, edits, editsByKind } from './edits/index.js';

export const verdictsFile = join(repositoryRoot, 'docs', 'verdicts.md');

/** docs/verdicts.md: what is said of each edit that the lab tries. */
export function verdictsPage(): string {
  const sections = Object.entries(editsByKind).map(([kind, of]) =>
    [`## ${kind}`, '', head, '|---|---|---|---|', ...of.map(row), ''].join('\n'),
  );
  return `${intro}\n${sections.join('\n')}`;
}

const head = '| what is edited | `why` says | `build` of the same version | bump that a new version takes |';

const intro = `# What is said of a change

\`test/provenance/lab/\` makes a repository of 12 data sets that are made from files, queries, packages and each other, publishes them, and then tries these ${edits.length} edits, each in a copy. Of each it is tested what \`why\` says, how a build of the same version ends, and of those that give other data how one
ends under a new version: below the bump it is refused (\`VERSION_BUMP_TOO_SMALL\`), from it on it is published. \`bump --auto\` takes the same one. This page is written from the edits (\`node dist/test/provenance/lab/write-verdicts.js\`); a test compares.
[registry.md](registry.md#whether-a-version-is-what-a-build-would-give-now) says how it works.
`;

function row({ what, verdict, parts, build, bump }: Edit): string {
  return `| ${what} | ${whyText(verdict, parts)} | ${buildText(verdict, build)} | ${bump} |`;
}

function whyText(verdict: Edit['verdict'], parts: Edit['parts']): string {
  const named = parts.map((part) => `\`${part}\``).join(', ');
  switch (verdict) {
    case 'nothing':
      return 'nothing to do';
    case 'build':
      return 'build';
    case 'rebuild':
      return `rebuild: ${named}`;
    case 'bump':
      return parts.length > 0 ? `raise the version: ${named}` : 'raise the version: it was made from what is yanked';
    case 'unknown':
      return 'not known';
  }
}

function buildText(verdict: Edit['verdict'], build: Edit['build']): string {
  switch (build) {
    case 'exists':
      return 'left as it is';
    case 'attested':
      return 'built, the same: attested';
    case 'refused':
      return verdict === 'bump' ? 'refused before it is built' : 'built, others: refused';
  }
}
