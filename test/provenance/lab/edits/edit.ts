import type { ResolvedConfig } from '../../../../src/core/config/index.js';
import type { Verdict } from '../../../../src/provenance/index.js';
import type { Bump } from '../../../../src/quality/index.js';

/** One change of a file: the first place where `from` stands. All of the file where `from` is ''. */
export type Change = readonly [file: string, from: string, to: string];

/** Something that somebody does to the lab's repository, or to what it reads, and what is to be said of it. */
export interface Edit {
  /** In words, as docs/verdicts.md has it: what is edited. */
  readonly what: string;
  readonly changes: readonly Change[];
  /** Variables of the environment that are others. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What happens in the registry afterwards. */
  readonly afterwards?: (config: ResolvedConfig) => Promise<unknown>;
  /** The data set that is asked about. */
  readonly dataset: string;
  readonly verdict: Verdict;
  /** Parts that `why` calls different. */
  readonly parts: readonly string[];
  /** How a build of the same version ends: nothing done, attested, or refused as other content under the same version. */
  readonly build: 'exists' | 'attested' | 'refused';
  /** The bump that it takes: a new version is refused below it, and accepted from it on. */
  readonly bump: Bump;
}

/** What a reader gets is the same, and nobody has to be asked. */
export const nothing = { verdict: 'nothing', parts: [], build: 'exists', bump: 'none' } as const;

/** The data is built again, and is the same. */
export const attested = (...parts: readonly string[]) =>
  ({ verdict: 'rebuild', parts, build: 'attested', bump: 'none' }) as const;

/** The data is built again, and is another. */
export const refused = (bump: Bump, ...parts: readonly string[]) =>
  ({ verdict: 'rebuild', parts, build: 'refused', bump }) as const;

/** The schema is another: that is known before anything is built. */
export const otherSchema = (bump: Bump, ...parts: readonly string[]) =>
  ({ verdict: 'bump', parts: [...parts, 'schema'], build: 'refused', bump }) as const;
