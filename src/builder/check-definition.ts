import { DatasetsError } from '../core/errors/index.js';
import { compareVersions, isConfigName, isDatasetName, isVersion } from '../core/names/index.js';
import type { BuilderClass } from './builder-class.js';
import type { LimitsByConfig } from './expectations.js';
import { checkFreshness } from './freshness.js';
import { readExpectations } from './read-expectations.js';
import { type BuildDemands, readDemands } from './resources.js';
import { type CheckedSchedule, readSchedule } from './schedule.js';
import { readSnapshots, type SnapshotDemands } from './snapshots.js';

type Refuse = (message: string, hint: string) => never;

/** What a class says of its builds, as it was checked. */
export interface BuildStatics extends SnapshotDemands {
  readonly demands: BuildDemands;
  readonly limits: LimitsByConfig;
  readonly schedule?: CheckedSchedule;
}

/**
 * Checks the statics of a data set's class, and gives those that are written in words.
 *
 * @throws DatasetsError BUILDER_INVALID naming the static that is wrong.
 */
export async function checkDefinition(
  builderClass: BuilderClass,
  folderName: string,
  file: string,
): Promise<BuildStatics> {
  const refuse: Refuse = (message, hint) => {
    throw new DatasetsError('BUILDER_INVALID', `${folderName}: ${message}`, {
      hint,
      at: { dataset: folderName, file },
    });
  };
  if (builderClass.datasetName !== folderName) {
    refuse(
      `the class is named '${builderClass.datasetName}', its folder '${folderName}'`,
      'Give the folder and the static datasetName the same name.',
    );
  }
  if (!isDatasetName(folderName)) {
    refuse(`'${folderName}' is no data set name`, 'Use lower-case letters, digits and _, starting with a letter.');
  }
  checkVersions(builderClass, refuse);
  for (const config of Object.keys(builderClass.configs ?? {})) {
    if (!isConfigName(config)) {
      refuse(`'${config}' is no config name`, 'Use letters, digits, dots, dashes and underscores.');
    }
  }
  checkFreshness(builderClass.freshness, refuse);
  const { schedule } = builderClass;
  return {
    demands: readDemands(builderClass, refuse),
    limits: readExpectations(builderClass, refuse),
    ...(schedule !== undefined && { schedule: await readSchedule(schedule, refuse) }),
    ...readSnapshots(builderClass, refuse),
  };
}

function checkVersions(builderClass: BuilderClass, refuse: Refuse): void {
  const listed = Object.entries(builderClass.versions ?? {});
  if (listed.length === 0) {
    refuse('the class lists no versions', "Add `static override readonly versions = { '1.0.0': 'First release.' }`.");
  }
  let before: string | undefined;
  for (const [version, note] of listed) {
    if (!isVersion(version)) {
      refuse(`'${version}' is no version`, 'Versions are MAJOR.MINOR.PATCH, such as 1.2.0.');
    } else if (before !== undefined && isVersion(before) && compareVersions(before, version) <= 0) {
      refuse(`version ${version} is listed after ${before}`, 'List versions newest first.');
    }
    if (typeof note !== 'string' || note.trim() === '') {
      refuse(`version ${version} has no release note`, 'Say in one sentence what it changed.');
    }
    before = version;
  }
  for (const version of builderClass.supportedVersions ?? []) {
    if (!Object.hasOwn(builderClass.versions, version)) {
      refuse(`supportedVersions names ${version}, which versions doesn't list`, 'Add its release note to versions.');
    }
  }
}
