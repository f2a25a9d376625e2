import { fileURLToPath } from 'node:url';
import { DatasetsError } from '../core/errors/index.js';
import { type ConfigName, parseConfigName, parseVersion, type Version } from '../core/names/index.js';
import { type BuilderClass, isBuilderClass } from './builder-class.js';
import { checkDefinition } from './check-definition.js';
import { durationSeconds } from './duration.js';
import type { LimitsByConfig } from './expectations.js';
import { importModule } from './import-module.js';
import type { BuildDemands } from './resources.js';
import type { CheckedSchedule } from './schedule.js';
import type { SnapshotDemands } from './snapshots.js';

/** A data set's class with the module it came from; its statics are checked. */
export interface BuilderDefinition extends SnapshotDemands {
  readonly name: string;
  /** file: URL */
  readonly module: string;
  readonly builderClass: BuilderClass;
  /** Newest first. */
  readonly versions: readonly Version[];
  /** Versions that this code can build, newest first. */
  readonly buildableVersions: readonly Version[];
  /** Empty for a data set without configs; the first is the default one. */
  readonly configs: readonly ConfigName[];
  /** What a distributed build of it needs. */
  readonly demands: BuildDemands;
  /** What must hold before it is published. */
  readonly limits: LimitsByConfig;
  /** How old its newest data may be before it is late; undefined where the class doesn't say. */
  readonly freshnessSeconds: number | undefined;
  /** When it is to be rebuilt. */
  readonly schedule?: CheckedSchedule;
}

const definitions = new Map<string, Promise<BuilderDefinition>>();

/**
 * Imports a builder module and checks what its class says of itself. A module is imported once a thread.
 *
 * @param module file: URL
 * @param name the data set's name, which the class must bear
 * @throws DatasetsError BUILDER_INVALID naming the static that is wrong.
 */
export function loadDefinition(module: string, name: string): Promise<BuilderDefinition> {
  const known = definitions.get(module);
  if (known !== undefined) return known;
  const loading = readDefinition(module, name);
  definitions.set(module, loading);
  return loading;
}

async function readDefinition(module: string, name: string): Promise<BuilderDefinition> {
  const file = fileURLToPath(module);
  const exported = await importModule(module);
  const classes = [...new Set(Object.values(exported).filter(isBuilderClass))];
  const builderClass = classes.find((candidate) => candidate.datasetName === name) ?? classes[0];
  if (builderClass === undefined) {
    throw new DatasetsError('BUILDER_INVALID', `${file} exports no data set`, {
      hint: 'Export a class that extends DatasetBuilder and has a static datasetName and versions.',
      at: { dataset: name, file },
    });
  }
  const statics = await checkDefinition(builderClass, name, file);
  const versions = Object.keys(builderClass.versions).map(parseVersion);
  const buildable = new Set<string>([...versions.slice(0, 1), ...(builderClass.supportedVersions ?? [])]);
  return {
    name,
    module,
    builderClass,
    versions,
    buildableVersions: versions.filter((version) => buildable.has(version)),
    configs: Object.keys(builderClass.configs ?? {}).map(parseConfigName),
    freshnessSeconds: durationSeconds(builderClass.freshness),
    ...statics,
  };
}
