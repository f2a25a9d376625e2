import { variableOf } from './environment.js';
import type { SettingName } from './settings.js';

/** Where a setting's value comes from; `doctor` shows it. */
export type ConfigOrigin =
  | { readonly kind: 'default' }
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'environment' }
  | { readonly kind: 'flag' };

const flags: Readonly<Record<SettingName, string>> = {
  datasets: '--datasets',
  packages: '--packages',
  registry: '--registry',
  registries: 'registries',
  formats: '--file-format',
  runner: '--runner',
  warehouse: '--warehouse',
  bigquery: 'bigquery',
  beam: 'beam',
  dataflow: 'dataflow',
  workers: '--workers',
  bufferBytes: '--buffer',
  maxShardBytes: '--max-shard-size',
  manualDirectory: '--manual-dir',
  cacheDirectory: 'cacheDirectory',
  cacheBytes: 'cacheBytes',
  maxDownloadBytes: 'maxDownloadBytes',
  maxExtractedBytes: 'maxExtractedBytes',
  maxExtractionRatio: 'maxExtractionRatio',
  maxRetainedBytes: 'maxRetainedBytes',
  workDirectory: 'workDirectory',
  keep: 'keep',
  notifications: 'notifications',
};

/**
 * Names a setting in the words of the place it was made in, for messages.
 *
 * @example
 * ```ts
 * nameInOrigin('registry', { kind: 'environment' }); // 'AILAB_DATASETS_REGISTRY'
 * ```
 */
export function nameInOrigin(setting: SettingName, origin: ConfigOrigin): string {
  switch (origin.kind) {
    case 'default':
      return setting;
    case 'file':
      return `${setting} in ${origin.file}`;
    case 'environment':
      return variableOf(setting);
    case 'flag':
      return flags[setting];
  }
}
