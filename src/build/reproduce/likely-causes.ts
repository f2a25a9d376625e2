import { compareParts, isDifferent, type PartReport } from '../../provenance/index.js';
import type { BuildReport, Manifest } from '../../registry/index.js';
import type { BuildComparison } from './compare-builds.js';

/** Why a build may have given something else, the likeliest first. */
export interface LikelyCause {
  readonly kind: 'nondeterministic' | 'part' | 'encoder' | 'environment' | 'release' | 'shards' | 'unknown';
  /** In a sentence, for people. */
  readonly text: string;
  /** The part of the fingerprint that is another one, with the difference of its text. */
  readonly part?: PartReport;
}

export interface ReproductionEvidence {
  readonly published: Manifest;
  readonly rebuilt: Manifest;
  /** Texts of code and queries of either, by the names of their parts. */
  readonly texts: { readonly published: PartTexts; readonly rebuilt: PartTexts };
  /** Of the build that published it. */
  readonly report: BuildReport | undefined;
  readonly environment: BuildReport['environment'];
  readonly comparison: BuildComparison;
  /** How two builds of the same state compare; undefined where it was built once. */
  readonly twice: BuildComparison | undefined;
}

type PartTexts = Readonly<Record<string, string>>;

/** The likeliest last, for what is none of them is found at -1. */
const kinds = ['package', 'module', 'file', 'fact', 'parameters', 'query', 'upstream', 'source'];

/** What differs between then and now; none where the bytes are the same. */
export function likelyCauses(evidence: ReproductionEvidence): readonly LikelyCause[] {
  const { comparison, twice, published, rebuilt } = evidence;
  if (comparison.outcome === 'same-bytes') return [];
  if (twice !== undefined && twice.outcome === 'different') return [nondeterministic(evidence)];
  const recorded = [...differentParts(evidence), ...otherEncoders(published, rebuilt), ...otherPlace(evidence)];
  const release =
    published.sdkVersion === rebuilt.sdkVersion
      ? []
      : [cause('release', `ailab-datasets ${published.sdkVersion} made it; this is ${rebuilt.sdkVersion}`)];
  if (comparison.outcome === 'same-content') return [...otherShards(published, rebuilt), ...release, ...recorded];
  const found = [...recorded, ...release];
  if (found.some(({ kind }) => kind === 'part')) return found;
  const text =
    twice === undefined
      ? 'nothing that is recorded of its code and its sources has changed: the builder may not be deterministic (Math.random, Date.now, the order of files or of answers). --twice tells'
      : 'two builds give the same now, and nothing that is recorded of its code and its sources has changed: it depends on something that nobody records, such as the time, the environment or an answer of a server';
  return [...found, cause('unknown', text)];
}

function nondeterministic({ twice }: ReproductionEvidence): LikelyCause {
  const field = twice?.difference?.field;
  const where = field === undefined ? '' : `, first in ${field}`;
  return cause(
    'nondeterministic',
    `the builder is not deterministic: two builds of the same code and sources, one after the other, differ from each other${where}. Look for Math.random, Date.now and what depends on the order of answers; facts from outside come through p.once`,
  );
}

function differentParts({ published, rebuilt, texts }: ReproductionEvidence): readonly LikelyCause[] {
  const known = { parts: published.fingerprint.parts, texts: texts.published };
  const now = { parts: rebuilt.fingerprint.parts, texts: texts.rebuilt, unknown: {} };
  const rank = ({ part }: PartReport) => kinds.findIndex((kind) => part.startsWith(`${kind} `));
  return compareParts(known, now)
    .filter(isDifferent)
    .sort((a, b) => rank(b) - rank(a))
    .map((part) => ({ ...cause('part', partText(part)), part }));
}

function partText({ part, status, before, after }: PartReport): string {
  if (status === 'added') return `${part} is new`;
  if (status === 'removed') return `${part} is gone`;
  const isPackage = part.startsWith('package ');
  return isPackage ? `${part} was ${versionOf(before)} and is ${versionOf(after)}` : `${part} is another one`;
}

/** Without its integrity. */
function versionOf(value = ''): string {
  return value.split(' ', 1)[0] ?? value;
}

function otherEncoders(published: Manifest, rebuilt: Manifest): readonly LikelyCause[] {
  const names = Object.keys({ ...published.imageEncoders, ...rebuilt.imageEncoders });
  return names.flatMap((name) => {
    const [then, now] = [published.imageEncoders[name], rebuilt.imageEncoders[name]];
    return then === now ? [] : [cause('encoder', `images: ${name} was ${then ?? 'none'} and is ${now ?? 'none'}`)];
  });
}

/** What sorting, dates and arithmetic of the author's code may depend on. */
const placeParts = ['node', 'icu', 'unicode', 'locale', 'timeZone', 'platform', 'architecture'] as const;

function otherPlace({ report, environment }: ReproductionEvidence): readonly LikelyCause[] {
  if (report === undefined) return [];
  const then = report.environment;
  const others = placeParts.filter((part) => then[part] !== environment[part]);
  if (others.length === 0) return [];
  const list = others.map((part) => `${part} was ${then[part]} and is ${environment[part]}`).join(', ');
  return [cause('environment', `it was built elsewhere: ${list}`)];
}

function otherShards(published: Manifest, rebuilt: Manifest): readonly LikelyCause[] {
  const counts = (manifest: Manifest) =>
    manifest.splits.map(({ name, shards }) => `${name} ${shards.length}`).join(', ');
  const [then, now] = [counts(published), counts(rebuilt)];
  return then === now ? [] : [cause('shards', `it is cut into other shards: ${now}; it was ${then}`)];
}

function cause(kind: LikelyCause['kind'], text: string): LikelyCause {
  return { kind, text };
}
