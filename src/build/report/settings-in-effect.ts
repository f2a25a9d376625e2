import type { ResolvedConfig, SettingName } from '../../core/config/index.js';
import type { Json } from '../../core/json/index.js';
import type { BuildReport } from '../../registry/index.js';
import type { BuildOptions } from '../build-options.js';

/**
 * The settings that a build ran with, and where each was said. A list of what is told, so that a setting that is added, or a part of one, is not told by mistake: no path of a machine, no account, no
 * endpoint, no free text.
 */
export function settingsInEffect(config: ResolvedConfig): BuildReport['settings'] {
  const { bigquery, dataflow, beam } = config;
  const values = {
    runner: config.runner,
    workers: config.workers,
    bufferBytes: config.bufferBytes,
    formats: [...config.formats],
    maxShardBytes: config.maxShardBytes,
    warehouse: config.warehouse,
    maxRetainedBytes: config.maxRetainedBytes,
    maxDownloadBytes: config.maxDownloadBytes,
    maxExtractedBytes: config.maxExtractedBytes,
    maxExtractionRatio: config.maxExtractionRatio,
    ...(config.warehouse === 'bigquery' && {
      bigquery: defined({
        project: bigquery.project,
        location: bigquery.location,
        dataset: bigquery.dataset,
        maximumBytesBilled: bigquery.maximumBytesBilled,
        expirationHours: bigquery.expirationHours,
        timeoutSeconds: bigquery.timeoutSeconds,
        readStreams: bigquery.readStreams,
      }),
    }),
    ...(config.runner === 'dataflow' && {
      dataflow: defined({
        project: dataflow.project,
        region: dataflow.region,
        image: dataflow.image,
        machineType: dataflow.machineType,
        diskGb: dataflow.diskGb,
        autoscaling: dataflow.autoscaling,
        numWorkers: dataflow.numWorkers,
        maxWorkers: dataflow.maxWorkers,
        flexrs: dataflow.flexrs,
        workerRegion: dataflow.workerRegion,
        workerZone: dataflow.workerZone,
      }),
    }),
    ...(config.runner === 'beam' && { beam: defined({ environment: beam.environment?.kind }) }),
  } satisfies Partial<Record<SettingName, Json | undefined>>;
  const told: Record<string, { readonly value: Json; readonly from: string }> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) told[name] = { value, from: config.origins[name as SettingName].kind };
  }
  return told;
}

/** What was asked of one build alone; names of registries may be places, so that of one nothing more is told than that it was named. */
export function optionsInEffect(options: BuildOptions): BuildReport['options'] {
  return defined({
    ifExists: options.ifExists,
    numShards: options.numShards,
    maxExamplesPerSplit: options.maxExamplesPerSplit,
    snapshotTime: options.snapshotTime?.toISOString(),
    restart: options.restart,
    fromExtract: options.fromExtract === undefined ? undefined : true,
    accept: options.accept,
    localSourcesOnly: options.localSourcesOnly,
  });
}

function defined(parts: Readonly<Record<string, Json | undefined>>): { readonly [name: string]: Json } {
  const entries = Object.entries(parts).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  return Object.fromEntries(entries) as { readonly [name: string]: Json };
}
