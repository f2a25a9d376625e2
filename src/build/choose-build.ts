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
import { type Snapshot, snapshotConfig } from '../core/snapshots/index.js';
import { chooseSnapshot, type SnapshotChoice } from './snapshots/choose-snapshot.js';

/** Which config and version a reference means for a builder, as they are published. */
export interface ChosenBuild {
  /** Of a snapshot `20261121`, or `20261121.men`. */
  readonly config: ConfigName | undefined;
  readonly version: Version;
}

export interface BuildChoice {
  readonly chosen: ChosenBuild;
  readonly snapshot: Snapshot | undefined;
}

/**
 * Chooses what to build for a reference: the default config and the newest version that the code can build, unless others are named; a snapshot where one is named.
 *
 * @throws DatasetsError CONFIG_UNKNOWN, VERSION_UNKNOWN, VERSION_BLOCKED; NAME_INVALID for a snapshot's name; USAGE for an alias, which names a version that exists already, and for a snapshot of data that has none.
 */
export function chooseBuild(
  reference: Reference,
  definition: BuilderDefinition,
  asked: SnapshotChoice = {},
): BuildChoice {
  if (reference.alias !== undefined) {
    throw new DatasetsError('USAGE', `${formatReference(reference)} names an alias: only versions can be built`, {
      hint: `Name a version: ${definition.name}:${definition.versions[0]}.`,
      at: { dataset: definition.name },
    });
  }
  const { plain, snapshot } = chooseSnapshot(reference, definition, asked);
  const own = chooseConfig(plain, definition);
  const config = snapshot === undefined ? own : snapshotConfig(snapshot.name, own);
  return { chosen: { config, version: chooseVersion(reference, definition) }, snapshot };
}

function chooseConfig(wanted: string | undefined, definition: BuilderDefinition): ConfigName | undefined {
  if (wanted === undefined) return definition.configs[0];
  const known = definition.configs.find((config) => config === wanted);
  if (known === undefined) {
    const nearest = nearestHint(wanted, definition.configs, 'configs');
    throw new DatasetsError('CONFIG_UNKNOWN', `${definition.name} has no config named ${wanted}`, {
      hint:
        definition.snapshots === undefined
          ? nearest
          : `${nearest} Its snapshots are ${definition.snapshots}: ailab-datasets build ${definition.name} --snapshot newest`,
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
