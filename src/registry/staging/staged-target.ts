import type { Json } from '../../core/json/index.js';
import {
  type ConfigName,
  type DatasetName,
  isConfigName,
  isDatasetName,
  isVersion,
  parseConfigName,
  parseDatasetName,
  parseVersion,
  type Version,
} from '../../core/names/index.js';
import type { LeaseSubject } from '../lease/lease-record.js';

/** What a build makes. */
export interface StagedTarget {
  readonly name: DatasetName;
  readonly config?: ConfigName | undefined;
  readonly version: Version;
}

/** A build, as the lease of its version says it: all that somebody needs who has to end its publication. */
export interface StagedBuildSubject extends StagedTarget {
  readonly buildId: string;
  readonly defaultConfig?: string | undefined;
  /** Whether it takes the place of a version that is there. */
  readonly overwrite?: boolean;
}

/** @throws DatasetsError NAME_INVALID */
export function parseTarget(target: {
  readonly name: string;
  readonly config?: string | undefined;
  readonly version: string;
}): StagedTarget {
  return {
    name: parseDatasetName(target.name),
    config: target.config === undefined ? undefined : parseConfigName(target.config),
    version: parseVersion(target.version),
  };
}

export function isSameTarget(one: StagedTarget, other: StagedTarget): boolean {
  return one.name === other.name && one.config === other.config && one.version === other.version;
}

export function leaseSubject(build: StagedTarget | StagedBuildSubject): LeaseSubject {
  const known = Object.entries(build).filter((entry): entry is [string, Json] => entry[1] !== undefined);
  return Object.fromEntries(known);
}

/** @returns undefined where a lease is held for something else, or its record is damaged. */
export function buildOfLease(about: LeaseSubject): StagedBuildSubject | undefined {
  const { name, config, version, buildId, defaultConfig, overwrite } = about;
  if (typeof name !== 'string' || !isDatasetName(name)) return undefined;
  if (typeof version !== 'string' || !isVersion(version)) return undefined;
  if (config !== undefined && (typeof config !== 'string' || !isConfigName(config))) return undefined;
  if (typeof buildId !== 'string' || !isBuildId(buildId)) return undefined;
  return {
    ...{ name, config, version, buildId },
    ...(typeof defaultConfig === 'string' && isConfigName(defaultConfig) && { defaultConfig }),
    ...(overwrite === true && { overwrite }),
  };
}

/** A build's id is the name of its folder. */
export function isBuildId(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(text);
}
