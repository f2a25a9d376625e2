import { type ConfigName, parseConfigName } from '../names/index.js';
import { readSnapshot } from './snapshot.js';

/** A config's name, taken apart. */
export interface ConfigParts {
  /** The snapshot's name; undefined for a config that is none. */
  readonly snapshot: string | undefined;
  /** The builder's own config; undefined where it has none. */
  readonly config: string | undefined;
}

/**
 * The config that a snapshot is published as: `20261121`, or `20261121.men` of the config `men`.
 *
 * @throws DatasetsError NAME_INVALID where that is no config's name: it would be too long, or be a version's.
 */
export function snapshotConfig(snapshot: string, config?: string): ConfigName {
  return parseConfigName(config === undefined ? snapshot : `${snapshot}.${config}`);
}

const shape = /^(\d{6}|\d{8}(?:T\d\d)?)(?:\.(.+))?$/;

/**
 * Takes a config's name apart by its shape. `20261121` may be of a day or of a week: the builder, or the version's manifest, knows. A plain config that is named like a date can't be told from a snapshot; builders with
 * snapshots have none.
 *
 * @example
 * ```ts
 * splitSnapshotConfig('20261121.men'); // { snapshot: '20261121', config: 'men' }
 * splitSnapshotConfig('men'); // { snapshot: undefined, config: 'men' }
 * ```
 */
export function splitSnapshotConfig(config: string | undefined): ConfigParts {
  const [, snapshot = '', plain] = config === undefined ? [] : (shape.exec(config) ?? []);
  if (periodOfName(snapshot) === undefined) return { snapshot: undefined, config };
  return { snapshot, config: plain };
}

/** Of a name that may be of a day or of a week: `daily`. */
function periodOfName(name: string): 'hourly' | 'daily' | 'monthly' | undefined {
  return (['hourly', 'daily', 'monthly'] as const).find((period) => readSnapshot(period, name) !== undefined);
}
