import { delimiter } from 'node:path';
import type { SettingName } from './settings.js';

/** What a variable's text becomes before it is checked. */
type Reading = (text: string) => unknown;

const asText: Reading = (text) => text;
const asNumber: Reading = (text) => (/^\d+$/.test(text) ? Number(text) : text);
const asList: Reading = (text) => text.split(',').map((part) => part.trim());
/** As PATH: `:` on POSIX, `;` on Windows. */
const asPaths: Reading = (text) => text.split(delimiter);

/** Settings that a variable can make: all but those with parts, which a file holds. */
type VariableSetting = Exclude<SettingName, 'registries' | 'bigquery' | 'beam' | 'dataflow' | 'keep' | 'notifications'>;

const variables: Readonly<Record<VariableSetting, readonly [name: string, reading: Reading]>> = {
  datasets: ['AILAB_DATASETS_FOLDERS', asPaths],
  packages: ['AILAB_DATASETS_PACKAGES', asList],
  registry: ['AILAB_DATASETS_REGISTRY', asText],
  formats: ['AILAB_DATASETS_FORMATS', asList],
  runner: ['AILAB_DATASETS_RUNNER', asText],
  warehouse: ['AILAB_DATASETS_WAREHOUSE', asText],
  workers: ['AILAB_DATASETS_WORKERS', asNumber],
  bufferBytes: ['AILAB_DATASETS_BUFFER', asNumber],
  maxShardBytes: ['AILAB_DATASETS_MAX_SHARD_SIZE', asNumber],
  manualDirectory: ['AILAB_DATASETS_MANUAL_DIR', asText],
  cacheDirectory: ['AILAB_DATASETS_CACHE_DIR', asText],
  cacheBytes: ['AILAB_DATASETS_CACHE_SIZE', asNumber],
  maxDownloadBytes: ['AILAB_DATASETS_MAX_DOWNLOAD_SIZE', asNumber],
  maxExtractedBytes: ['AILAB_DATASETS_MAX_EXTRACTED_SIZE', asNumber],
  maxExtractionRatio: ['AILAB_DATASETS_MAX_EXTRACTION_RATIO', asNumber],
  maxRetainedBytes: ['AILAB_DATASETS_MAX_RETAINED_SIZE', asNumber],
  workDirectory: ['AILAB_DATASETS_WORK_DIR', asText],
};

/** Names another configuration file than the one found upwards from the working directory. */
export const configFileVariable = 'AILAB_DATASETS_CONFIG';

/** The environment variable of a setting, or the setting's own name where it has none. */
export function variableOf(setting: SettingName): string {
  return isVariable(setting) ? variables[setting][0] : setting;
}

/** Settings that the environment makes, unchecked. An empty variable counts as not set. */
export function settingsOfEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, unknown>> {
  const settings: Record<string, unknown> = {};
  for (const [setting, [variable, reading]] of Object.entries(variables)) {
    const text = env[variable];
    if (text !== undefined && text !== '') settings[setting] = reading(text);
  }
  return settings;
}

function isVariable(setting: SettingName): setting is VariableSetting {
  return Object.hasOwn(variables, setting);
}
