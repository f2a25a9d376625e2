import { nearest } from '../core/errors/index.js';
import { isSplitName, nearestHint } from '../core/names/index.js';
import type { ChangeLimits, GuardLimits, LimitsByConfig, SplitLimits } from './expectations.js';

type Refuse = (message: string, hint: string) => never;
type Fields = Readonly<Record<string, unknown>>;

const example =
  "`static override readonly expectations = { splits: { train: { minExamples: 1000 } }, maxChange: '30 %' }`";
const splitExample = '{ minExamples: 1000, maxExamples: 2_000_000 }';
const joinExample = "{ minMatched: '99 %' }";
const changeExample = "'30 %', or { shrink: '5 %', growth: '200 %' }";

/** Reads `expectations` of a class; what is wrong with them is refused by name. */
export function readExpectations(
  declared: { readonly expectations?: unknown; readonly configs?: Readonly<Record<string, string>> },
  refuse: Refuse,
): LimitsByConfig {
  const at = 'expectations';
  if (declared.expectations === undefined) return { all: { splits: {}, maxChange: {}, joins: {} }, configs: {} };
  const fields = fieldsOf(declared.expectations, at, `Write ${example}.`, refuse);
  checkFields(fields, at, ['splits', 'maxChange', 'joins', 'configs'], refuse);
  const all = readLimits(fields, at, refuse);
  const known = Object.keys(declared.configs ?? {});
  const configs = eachOf(fields, 'configs', at, "{ tiny: { maxChange: '30 %' } }", refuse, (own, where, config) => {
    if (!known.includes(config))
      refuse(`${at}.configs names ${config}, which is no config`, nearestHint(config, known, 'configs'));
    checkFields(own, where, ['splits', 'maxChange', 'joins'], refuse);
    const limits = withOwn(all, readLimits(own, where, refuse));
    checkSplits(limits, where, refuse);
    return limits;
  });
  checkSplits(all, at, refuse);
  return { all, configs };
}

function readLimits(fields: Fields, at: string, refuse: Refuse): GuardLimits {
  return {
    splits: eachOf(fields, 'splits', at, `{ train: ${splitExample} }`, refuse, (split, where, name) => {
      if (!isSplitName(name))
        refuse(`${at}.splits names ${shown(name)}`, 'It can be the name of no split: name one as splits() does.');
      return readSplit(split, where, refuse);
    }),
    maxChange: readChange(fields['maxChange'], `${at}.maxChange`, refuse),
    joins: eachOf(fields, 'joins', at, `{ 'join with items': ${joinExample} }`, refuse, (join, where) => {
      checkFields(join, where, ['minMatched'], refuse);
      const { minMatched } = join;
      return minMatched === undefined
        ? {}
        : { minMatched: readShare(minMatched, `${where}.minMatched`, 1, '99 %', refuse) };
    }),
  };
}

function readSplit(fields: Fields, at: string, refuse: Refuse): SplitLimits {
  checkFields(fields, at, ['minExamples', 'maxExamples', 'mayBeEmpty', 'maxChange'], refuse);
  const { minExamples, maxExamples, mayBeEmpty, maxChange } = fields;
  if (mayBeEmpty !== undefined && typeof mayBeEmpty !== 'boolean') {
    refuse(`${at}.mayBeEmpty is ${shown(mayBeEmpty)}`, 'Write mayBeEmpty: true, or leave it out.');
  }
  return {
    ...(minExamples !== undefined && { minExamples: readCount(minExamples, `${at}.minExamples`, refuse) }),
    ...(maxExamples !== undefined && { maxExamples: readCount(maxExamples, `${at}.maxExamples`, refuse) }),
    ...(mayBeEmpty === true && { mayBeEmpty }),
    ...(maxChange !== undefined && { maxChange: readChange(maxChange, `${at}.maxChange`, refuse) }),
  };
}

/** One figure holds either way; of two each holds for its own, and one that is left out leaves the default. */
function readChange(change: unknown, at: string, refuse: Refuse): ChangeLimits {
  if (change === undefined) return {};
  if (typeof change !== 'object') {
    const share = readShare(change, at, Number.POSITIVE_INFINITY, changeExample, refuse);
    return { shrink: Math.min(share, 1), growth: share };
  }
  const fields = fieldsOf(change, at, `Write maxChange: ${changeExample}.`, refuse);
  checkFields(fields, at, ['shrink', 'growth'], refuse);
  const { shrink, growth } = fields;
  return {
    ...(shrink !== undefined && { shrink: readShare(shrink, `${at}.shrink`, 1, '5 %', refuse) }),
    ...(growth !== undefined && {
      growth: readShare(growth, `${at}.growth`, Number.POSITIVE_INFINITY, '200 %', refuse),
    }),
  };
}

/** @returns a fraction */
function readShare(share: unknown, at: string, most: number, like: string, refuse: Refuse): number {
  const match = typeof share === 'string' ? /^(\d+(?:\.\d+)?) ?%$/.exec(share) : null;
  const fraction = Number(match?.[1]) / 100;
  if (fraction >= 0 && fraction <= most) return fraction;
  const limit = match === null ? 'Write a share in per cent' : 'It is a share of all, at most 100 %';
  return refuse(`${at} is ${shown(share)}`, `${limit}: ${like.startsWith("'") ? like : `'${like}'`}.`);
}

function readCount(count: unknown, at: string, refuse: Refuse): number {
  if (typeof count === 'number' && Number.isSafeInteger(count) && count >= 0) return count;
  return refuse(`${at} is ${shown(count)}`, 'Write a whole number of examples: 1000.');
}

/** What contradicts itself could never be published. */
function checkSplits({ splits }: GuardLimits, at: string, refuse: Refuse): void {
  for (const [name, { minExamples = 0, maxExamples, mayBeEmpty }] of Object.entries(splits)) {
    const where = `${at}.splits.${name}`;
    if (maxExamples !== undefined && maxExamples < Math.max(minExamples, mayBeEmpty === true ? 0 : 1)) {
      refuse(
        minExamples > maxExamples
          ? `${where} has minExamples ${minExamples}, more than maxExamples ${maxExamples}`
          : `${where} has maxExamples 0, and may not be empty`,
        'No build could hold to both: correct one of them.',
      );
    }
    if (mayBeEmpty === true && minExamples > 0) {
      refuse(
        `${where} may be empty, and has minExamples ${minExamples}`,
        'Keep one of them: mayBeEmpty where none is fine, minExamples where there must be some.',
      );
    }
  }
}

/** A config's own words count before those for all, split by split and join by join. */
function withOwn(all: GuardLimits, own: GuardLimits): GuardLimits {
  return {
    splits: mergeEach(all.splits, own.splits),
    maxChange: { ...all.maxChange, ...own.maxChange },
    joins: mergeEach(all.joins, own.joins),
  };
}

function mergeEach<T extends object>(all: Readonly<Record<string, T>>, own: Readonly<Record<string, T>>) {
  const merged = Object.entries(own).map(([name, limits]) => [name, { ...all[name], ...limits }] as const);
  return { ...all, ...Object.fromEntries(merged) };
}

/** Reads an object whose names are the author's: each of its values is an object of ours. */
function eachOf<T>(
  fields: Fields,
  name: string,
  at: string,
  like: string,
  refuse: Refuse,
  read: (value: Fields, where: string, key: string) => T,
): Readonly<Record<string, T>> {
  const where = `${at}.${name}`;
  const all = fieldsOf(fields[name] ?? {}, where, `Write ${name}: ${like}.`, refuse);
  const values = Object.entries(all).map(([key, value]) => {
    const place = /^[\w-]+$/.test(key) ? `${where}.${key}` : `${where}[${shown(key)}]`;
    return [key, read(fieldsOf(value, place, `Write ${name}: ${like}.`, refuse), place, key)] as const;
  });
  return Object.fromEntries(values);
}

function fieldsOf(value: unknown, at: string, hint: string, refuse: Refuse): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  return refuse(`${at} is ${shown(value)}, and no object`, hint);
}

function checkFields(fields: Fields, at: string, names: readonly string[], refuse: Refuse): void {
  for (const name of Object.keys(fields)) {
    if (names.includes(name)) continue;
    const meant = nearest(name, names);
    const known = `It takes ${names.join(', ')}.`;
    refuse(`${at} has no ${name}`, meant === undefined ? known : `Did you mean ${meant}? ${known}`);
  }
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
