import type { BuilderDefinition } from '../builder/index.js';
import { DatasetsError } from '../core/errors/index.js';
import {
  type ConfigName,
  formatReference,
  matchesVersion,
  nearestHint,
  type Reference,
  type Version,
} from '../core/names/index.js';

/** Which config and version a reference means for a builder. */
export interface ChosenBuild {
  readonly config: ConfigName | undefined;
  readonly version: Version;
}

/**
 * Chooses what to build for a reference: the default config and the newest version that the code can build, unless others are named.
 *
 * @throws DatasetsError CONFIG_UNKNOWN, VERSION_UNKNOWN, VERSION_BLOCKED; USAGE for an alias, which names a version that exists already.
 */
export function chooseBuild(reference: Reference, definition: BuilderDefinition): ChosenBuild {
  if (reference.alias !== undefined) {
    throw new DatasetsError('USAGE', `${formatReference(reference)} names an alias: only versions can be built`, {
      hint: `Name a version: ${definition.name}:${definition.versions[0]}.`,
      at: { dataset: definition.name },
    });
  }
  return { config: chooseConfig(reference, definition), version: chooseVersion(reference, definition) };
}

function chooseConfig(reference: Reference, definition: BuilderDefinition): ConfigName | undefined {
  if (reference.config === undefined) return definition.configs[0];
  const known = definition.configs.find((config) => config === reference.config);
  if (known === undefined) {
    throw new DatasetsError('CONFIG_UNKNOWN', `${definition.name} has no config named ${reference.config}`, {
      hint: nearestHint(reference.config, definition.configs, 'configs'),
      at: { dataset: definition.name },
    });
  }
  return known;
}

function chooseVersion(reference: Reference, definition: BuilderDefinition): Version {
  const { buildableVersions, builderClass } = definition;
  const wanted = reference.version;
  const version = buildableVersions.find((candidate) => wanted === undefined || matchesVersion(wanted, candidate));
  if (version === undefined) {
    const released = definition.versions.some((candidate) => wanted !== undefined && matchesVersion(wanted, candidate));
    throw new DatasetsError(
      'VERSION_UNKNOWN',
      released
        ? `${definition.name}:${wanted} was released, but this code can't build it any more`
        : `${definition.name} has no version ${wanted}`,
      {
        hint: `Buildable versions: ${buildableVersions.join(', ')}. Older ones are read from a registry that holds them.`,
        at: { dataset: definition.name },
      },
    );
  }
  const blocked = builderClass.blockedVersions?.[version];
  if (blocked !== undefined) {
    throw new DatasetsError('VERSION_BLOCKED', `${definition.name}:${version} is blocked: ${blocked}`, {
      hint: `Other versions: ${buildableVersions.filter((other) => other !== version).join(', ') || 'none'}.`,
      at: { dataset: definition.name },
    });
  }
  return version;
}
