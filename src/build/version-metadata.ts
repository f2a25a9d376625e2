import { type DatasetInfo, takeApart } from '../builder/index.js';
import { packageVersion } from '../core/release/index.js';
import type { BuildOutput } from '../engines/index.js';
import {
  type AnyFeature,
  imageEncoders,
  namesFiles,
  schemaToJson,
  toFeaturesJson,
  toHuggingFaceFeatures,
} from '../features/index.js';
import type { FingerprintParts } from '../provenance/index.js';
import type { Manifest, VersionMetadata } from '../registry/index.js';
import type { RetainedSources } from './extracts/keep-retained.js';
import type { GitState } from './report/git-state.js';
import type { BuildTarget } from './target.js';

/** What a finished build knows of itself. */
export interface FinishedBuild {
  readonly target: BuildTarget;
  readonly info: DatasetInfo<AnyFeature>;
  /** The schema that was stored: what privacy left of the author's. */
  readonly schema: AnyFeature;
  readonly output: BuildOutput;
  readonly retained: RetainedSources;
  readonly fingerprint: FingerprintParts;
  readonly createdAt: Date;
  /** The checkout that holds the builder; undefined where there is none. */
  readonly git: GitState | undefined;
}

/** Everything that the registry writes beside the shards. */
export function versionMetadata(build: FinishedBuild): VersionMetadata {
  const { target, schema, output } = build;
  const { definition } = target;
  const names = namesFiles(schema).map(({ fileName, names }) => [fileName, `${names.join('\n')}\n`] as const);
  return {
    info: manifestInfo(build),
    featuresJson: toFeaturesJson(schema),
    namesFiles: Object.fromEntries(names),
    huggingFaceFeatures: toHuggingFaceFeatures(schema),
    schema: schemaToJson(schema),
    releaseNotes: definition.builderClass.versions,
    splits: output.splits,
    fingerprintParts: build.fingerprint.parts,
    fingerprintTexts: build.fingerprint.texts,
    sources: build.retained.sources,
    ...(build.retained.rebuildable !== undefined && { rebuildable: build.retained.rebuildable }),
    lineage: output.lineage,
    engine: output.engine,
    sdkVersion: packageVersion,
    ...gitOf(build.git),
    snapshotTime: output.facts.snapshotTime,
    ...snapshotOf(target),
    counters: output.counters,
    imageEncoders,
    createdAt: build.createdAt,
  };
}

/** None of a checkout without a commit. */
function gitOf(git: GitState | undefined): Pick<VersionMetadata, 'git'> {
  return git?.commit === undefined ? {} : { git: { commit: git.commit, dirty: git.dirty } };
}

function snapshotOf({ definition, snapshot }: BuildTarget): Pick<VersionMetadata, 'snapshot'> {
  if (snapshot === undefined || definition.snapshots === undefined) return {};
  const { name, from, to } = snapshot;
  return { snapshot: { name, period: definition.snapshots, from: from.toISOString(), to: to.toISOString() } };
}

function manifestInfo({ target, info }: FinishedBuild): Manifest['info'] {
  const configDescription = descriptionOfConfig(target);
  return {
    description: info.description,
    ...(configDescription !== undefined && { configDescription }),
    ...(info.homepage !== undefined && { homepage: info.homepage }),
    ...(info.citation !== undefined && { citation: info.citation }),
    ...(info.license !== undefined && { license: info.license }),
    ...(info.owner !== undefined && { owner: info.owner }),
    tags: [...(info.tags ?? [])],
    ...(info.supervisedKeys !== undefined && { supervisedKeys: [...info.supervisedKeys] }),
    ...(info.privacy !== undefined && { privacy: info.privacy }),
    ...(info.keyPii !== undefined && { keyPii: info.keyPii }),
  };
}

/** What the class says of the builder's own config. */
export function descriptionOfConfig({ definition, chosen }: BuildTarget): string | undefined {
  const { config } = takeApart(chosen.config, definition.snapshots);
  return config === undefined ? undefined : definition.builderClass.configs?.[config];
}
