import { nearest } from '../core/errors/index.js';
import { isConfigName } from '../core/names/index.js';
import {
  isCoarseEnough,
  keepPeriods,
  type SnapshotKeep,
  type SnapshotPeriod,
  snapshotPeriods,
  splitSnapshotConfig,
} from '../core/snapshots/index.js';

/** What a class says of data that grows. */
export interface SnapshotDemands {
  readonly snapshots?: SnapshotPeriod;
  readonly keep?: SnapshotKeep;
}

/** The longest name of a snapshot. */
const longestSnapshot = '20261121T03';

type Refuse = (message: string, hint: string) => never;

/** Reads `snapshots` and `keep` of a class; what is wrong with them is refused by name. */
export function readSnapshots(
  {
    snapshots,
    keep,
    configs = {},
  }: { readonly snapshots?: unknown; readonly keep?: unknown; readonly configs?: object },
  refuse: Refuse,
): SnapshotDemands {
  const period = snapshots === undefined ? undefined : readPeriod(snapshots, refuse);
  if (period !== undefined) checkConfigs(Object.keys(configs), refuse);
  if (keep === undefined) return period === undefined ? {} : { snapshots: period };
  if (period === undefined) {
    return refuse('keep is of snapshots, and there are none', "Add `static override readonly snapshots = 'daily'`.");
  }
  return { snapshots: period, keep: readKeep(keep, period, refuse) };
}

function readPeriod(snapshots: unknown, refuse: Refuse): SnapshotPeriod {
  const period = snapshotPeriods.find((known) => known === snapshots);
  if (period !== undefined) return period;
  const meant = typeof snapshots === 'string' ? nearest(snapshots, snapshotPeriods) : undefined;
  const question = meant === undefined ? '' : `Did you mean '${meant}'? `;
  return refuse(
    `snapshots is ${JSON.stringify(snapshots) ?? String(snapshots)}`,
    `${question}It is one of ${snapshotPeriods.join(', ')}.`,
  );
}

/** A config that looks like a snapshot would be taken for one; with a snapshot before it, it must be a name still. */
function checkConfigs(configs: readonly string[], refuse: Refuse): void {
  const aliases = new Map<string, string>();
  for (const config of configs) {
    if (splitSnapshotConfig(config).snapshot !== undefined) {
      refuse(`the config '${config}' is named like a snapshot`, 'Give it a name that begins with a word.');
    }
    if (!isConfigName(`${longestSnapshot}.${config}`) || /^\d+\.\d+$/.test(config)) {
      refuse(
        `the config '${config}' can't have snapshots`,
        `'20261121.${config}' would be too long for a config's name, or be read as a version.`,
      );
    }
    const suffix = nightlySuffix(config);
    const other = aliases.get(suffix);
    if (other !== undefined) {
      refuse(
        `the configs '${other}' and '${config}' would share the alias nightly-${suffix}`,
        'Aliases are lower-case: rename one of them.',
      );
    }
    aliases.set(suffix, config);
  }
}

function readKeep(keep: unknown, period: SnapshotPeriod, refuse: Refuse): SnapshotKeep {
  const example = 'Write `static override readonly keep = { daily: 30, monthly: 12 }`.';
  if (typeof keep !== 'object' || keep === null || Array.isArray(keep)) return refuse('keep is no object', example);
  const rules = Object.entries(keep);
  if (rules.length === 0) return refuse('keep names no period', example);
  for (const [name, count] of rules) {
    const rule = keepPeriods.find((known) => known === name);
    if (rule === undefined) {
      const meant = nearest(name, keepPeriods);
      const known = `It knows ${keepPeriods.join(', ')}.`;
      return refuse(`keep has no ${name}`, meant === undefined ? known : `Did you mean ${meant}?`);
    }
    if (!isCoarseEnough(rule, period)) {
      refuse(`keep.${rule} is of ${rule} snapshots, and these are ${period}`, `Write keep = { ${period}: 30 }.`);
    }
    if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 1) {
      refuse(`keep.${rule} is ${JSON.stringify(count) ?? String(count)}`, 'Write a whole number from 1 up.');
    }
  }
  return keep;
}

/**
 * The alias that stands for the newest snapshot whose guards passed: `nightly`, which is the default config's, and `nightly-women` of another config.
 *
 * @param config the builder's own config, without the snapshot
 * @param defaultConfig undefined for a builder without configs
 */
export function nightlyAlias(config: string | undefined, defaultConfig: string | undefined): string {
  return config === undefined || config === defaultConfig ? 'nightly' : `nightly-${nightlySuffix(config)}`;
}

/** Aliases have fewer characters than configs. */
function nightlySuffix(config: string): string {
  return config.toLowerCase().replace(/[^a-z0-9_-]/g, '-');
}
