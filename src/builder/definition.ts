import { fileURLToPath } from 'node:url';
import { DatasetsError } from '../core/errors/index.js';
import { type BuilderClass, isBuilderClass } from './builder-class.js';
import { importModule } from './import-module.js';

/** A data set's class with the module it came from; its statics are checked. */
export interface BuilderDefinition {
  readonly name: string;
  readonly module: string;
  readonly builderClass: BuilderClass;
  /** Newest first, as the author lists them. */
  readonly versions: readonly string[];
  readonly newestVersion: string;
  /** Versions that this code can build, newest first. */
  readonly buildableVersions: readonly string[];
  /** Empty for a data set without configs; the first is the default one. */
  readonly configs: readonly string[];
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
  const versions = Object.keys(builderClass.versions);
  const newestVersion = versions[0] as string;
  const supported = new Set([newestVersion, ...(builderClass.supportedVersions ?? [])]);
  return {
    name,
    module,
    builderClass,
    versions,
    newestVersion,
    buildableVersions: versions.filter((version) => supported.has(version)),
    configs: Object.keys(builderClass.configs ?? {}),
  };
}
