/** A share in words: `'99 %'`, `'0.5 %'`. A number could be either of 0.3 and 30. */
export type Percentage = string;

/** How far the number of examples may be from that of the version or snapshot before. */
export interface ChangeExpectation {
  /** Most that may be missing: `'10 %'`. */
  readonly shrink?: Percentage;
  /** Most that may be added: `'200 %'` is three times as many. */
  readonly growth?: Percentage;
}

/** What must hold of a split before it is published. */
export interface SplitExpectations {
  readonly minExamples?: number;
  readonly maxExamples?: number;
  /** Default: false. An empty split stops the publication. */
  readonly mayBeEmpty?: boolean;
  /** Default: that of all splits. */
  readonly maxChange?: Percentage | ChangeExpectation;
}

/** What must hold of a join before what it gave is published. */
export interface JoinExpectations {
  /** Least share of the elements on the left that find a partner: `'99 %'`. */
  readonly minMatched?: Percentage;
}

/** What the owner of a data set knows of it, in figures: a build that breaks one of them is not published, unless somebody accepts it. */
export interface Expectations {
  /** By the names of splits. */
  readonly splits?: Readonly<Record<string, SplitExpectations>>;
  /** Of each split, either way where it is one figure. Default: at most half may be missing, and ten times as many be there. */
  readonly maxChange?: Percentage | ChangeExpectation;
  /** By the names of transforms, as `build --dry-run` shows them. */
  readonly joins?: Readonly<Record<string, JoinExpectations>>;
  /** What is different for a config, by its name. */
  readonly configs?: Readonly<Record<string, Omit<Expectations, 'configs'>>>;
}

/** Expectations in numbers, shares as fractions. */
export interface GuardLimits {
  readonly splits: Readonly<Record<string, SplitLimits>>;
  readonly maxChange: ChangeLimits;
  readonly joins: Readonly<Record<string, { readonly minMatched?: number }>>;
}

export interface SplitLimits {
  readonly minExamples?: number;
  readonly maxExamples?: number;
  readonly mayBeEmpty?: boolean;
  readonly maxChange?: ChangeLimits;
}

/** Fractions of the number before; undefined where nothing was said. */
export interface ChangeLimits {
  readonly shrink?: number;
  readonly growth?: number;
}

/** What counts for configs, by their names, and for all that are not among them. */
export interface LimitsByConfig {
  readonly all: GuardLimits;
  readonly configs: Readonly<Record<string, GuardLimits>>;
}

/** The limits of one config, or of a data set without. */
export function limitsOfConfig({ all, configs }: LimitsByConfig, config: string | undefined): GuardLimits {
  return (config !== undefined && Object.hasOwn(configs, config) ? configs[config] : undefined) ?? all;
}
