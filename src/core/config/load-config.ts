import { availableParallelism, homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { DatasetsError } from '../errors/index.js';
import { isGcsUrl } from '../location/index.js';
import type { BeamConfig, BeamSettings } from './beam-settings.js';
import { checkSettings } from './check-settings.js';
import { configFileVariable, settingsOfEnvironment } from './environment.js';
import { findConfigFile } from './find-config-file.js';
import { type ConfigOrigin, nameInOrigin } from './origin.js';
import { isDirectory, packageDatasetsFolder } from './package-folder.js';
import { readConfigFile } from './read-config-file.js';
import { resolveRegistry } from './resolve-registry.js';
import type { ResolvedConfig } from './resolved-config.js';
import type { Settings } from './schema.js';
import { type DatasetsConfig, defaultBigQuerySettings, defaultFormats, type SettingName } from './settings.js';
import { parseWorkerEnvironment } from './worker-environment.js';

const defaultBufferBytes = 16 * 2 ** 20;
const defaultCacheBytes = 50 * 2 ** 30;
/** Above what data sets of one machine have, below what fills a disk unseen. */
const defaultMaxDownloadBytes = 200 * 2 ** 30;
const defaultMaxExtractedBytes = 500 * 2 ** 30;
/** Text compresses by ten, logs by fifty; deflate's most is 1,032. */
const defaultMaxExtractionRatio = 200;
/** Kept for as long as the version is, in the same place. */
const defaultMaxRetainedBytes = 2 ** 30;

export interface LoadConfigOptions {
  /** Where the search for a file starts and what relative paths of flags and variables mean. Default: the working directory. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Settings of the command line: they win over the environment, which wins over the file. */
  readonly flags?: DatasetsConfig;
}

/** One source of settings; `directory` is what its relative paths are relative to. */
interface Layer {
  readonly origin: ConfigOrigin;
  readonly settings: Settings;
  readonly directory: string;
}

/**
 * Gathers the configuration: the nearest `ailab-datasets.config.*` upwards, then the environment, then flags, in rising priority.
 *
 * @throws DatasetsError CONFIG_INVALID, naming the file and the setting, or the variable; USAGE for a bad flag.
 * @example
 * ```ts
 * const config = await loadConfig({ flags: { registry: '/data/registry' } });
 * config.registry; // '/data/registry'
 * config.origins.registry; // { kind: 'flag' }
 * ```
 */
export async function loadConfig(options: LoadConfigOptions = {}): Promise<ResolvedConfig> {
  const cwd = resolve(options.cwd ?? process.cwd());
  const env = options.env ?? process.env;
  const file = await configFile(cwd, env);
  const layers: Layer[] = [];
  if (file !== undefined) {
    const origin: ConfigOrigin = { kind: 'file', file };
    layers.push({
      origin,
      settings: await checkSettings(await readConfigFile(file), origin),
      directory: dirname(file),
    });
  }
  const environment: ConfigOrigin = { kind: 'environment' };
  layers.push({
    origin: environment,
    settings: await checkSettings(settingsOfEnvironment(env), environment),
    directory: cwd,
  });
  const flag: ConfigOrigin = { kind: 'flag' };
  layers.push({ origin: flag, settings: await checkSettings(options.flags ?? {}, flag), directory: cwd });
  const home = env['HOME'] || homedir();
  return merge(layers, { file, cwd, home, caches: cachesDirectory(env['XDG_CACHE_HOME'], home) });
}

async function configFile(cwd: string, env: Readonly<Record<string, string | undefined>>): Promise<string | undefined> {
  const named = env[configFileVariable];
  return named === undefined || named === '' ? findConfigFile(cwd) : resolve(cwd, named);
}

interface Place {
  readonly file: string | undefined;
  readonly cwd: string;
  readonly home: string;
  /** Where programs of this user keep what they can fetch again. */
  readonly caches: string;
}

async function merge(layers: readonly Layer[], place: Place): Promise<ResolvedConfig> {
  /** The last layer that makes a setting wins. */
  const layerOf = (setting: SettingName): Layer | undefined =>
    layers.findLast((layer) => layer.settings[setting] !== undefined);
  const pick = <S extends SettingName>(setting: S): Settings[S] | undefined => layerOf(setting)?.settings[setting];
  const origin = (setting: SettingName): ConfigOrigin => layerOf(setting)?.origin ?? { kind: 'default' };
  const absolute = (setting: SettingName, path: string): string =>
    absolutePath(path, layerOf(setting)?.directory ?? place.cwd, place.home);
  const optional = (setting: 'manualDirectory' | 'workDirectory'): string | undefined => {
    const path = pick(setting);
    return path === undefined ? undefined : absolute(setting, path);
  };
  const said = <T>(setting: SettingName, value: T) => ({
    value,
    origin: origin(setting),
    absolute: (path: string) => absolute(setting, path),
  });

  return {
    file: place.file,
    projectDirectory: place.file === undefined ? place.cwd : dirname(place.file),
    datasets: await existingFolders(
      (pick('datasets') ?? []).map((path) => absolute('datasets', path)),
      origin('datasets'),
    ),
    packages: await packages(pick('packages') ?? [], layerOf('packages')?.directory ?? place.cwd),
    ...resolveRegistry(
      said('registry', pick('registry') ?? join(place.home, 'ailab-datasets')),
      said('registries', pick('registries') ?? {}),
    ),
    formats: [...new Set(pick('formats') ?? defaultFormats)],
    runner: pick('runner') ?? 'threads',
    warehouse: pick('warehouse') ?? 'duckdb',
    bigquery: { ...defaultBigQuerySettings, ...pick('bigquery') },
    beam: beamSettings(layers, place.home),
    // Part by part: a flag for one of them leaves the file's others as they are.
    dataflow: Object.fromEntries(layers.flatMap(({ settings }) => Object.entries(settings.dataflow ?? {}))),
    workers: pick('workers') ?? availableParallelism(),
    bufferBytes: pick('bufferBytes') ?? defaultBufferBytes,
    maxShardBytes: pick('maxShardBytes'),
    manualDirectory: optional('manualDirectory'),
    cacheDirectory: absolute('cacheDirectory', pick('cacheDirectory') ?? join(place.caches, 'ailab-datasets')),
    cacheBytes: pick('cacheBytes') ?? defaultCacheBytes,
    maxDownloadBytes: pick('maxDownloadBytes') ?? defaultMaxDownloadBytes,
    maxExtractedBytes: pick('maxExtractedBytes') ?? defaultMaxExtractedBytes,
    maxExtractionRatio: pick('maxExtractionRatio') ?? defaultMaxExtractionRatio,
    maxRetainedBytes: pick('maxRetainedBytes') ?? defaultMaxRetainedBytes,
    workDirectory: optional('workDirectory'),
    keep: pick('keep'),
    notifications: pick('notifications') ?? [],
    origins: {
      datasets: origin('datasets'),
      packages: origin('packages'),
      registry: origin('registry'),
      registries: origin('registries'),
      formats: origin('formats'),
      runner: origin('runner'),
      warehouse: origin('warehouse'),
      bigquery: origin('bigquery'),
      beam: origin('beam'),
      dataflow: origin('dataflow'),
      workers: origin('workers'),
      bufferBytes: origin('bufferBytes'),
      maxShardBytes: origin('maxShardBytes'),
      manualDirectory: origin('manualDirectory'),
      cacheDirectory: origin('cacheDirectory'),
      cacheBytes: origin('cacheBytes'),
      maxDownloadBytes: origin('maxDownloadBytes'),
      maxExtractedBytes: origin('maxExtractedBytes'),
      maxExtractionRatio: origin('maxExtractionRatio'),
      maxRetainedBytes: origin('maxRetainedBytes'),
      workDirectory: origin('workDirectory'),
      keep: origin('keep'),
      notifications: origin('notifications'),
    },
  };
}

/** Part by part: a flag for one of them leaves the file's others as they are. */
function beamSettings(layers: readonly Layer[], home: string): BeamSettings {
  const last = <Part extends keyof BeamConfig>(
    part: Part,
  ): { value: BeamConfig[Part]; directory: string } | undefined => {
    const layer = layers.findLast(({ settings }) => settings.beam?.[part] !== undefined);
    return layer?.settings.beam && { value: layer.settings.beam[part], directory: layer.directory };
  };
  const { value: environment } = last('environment') ?? {};
  const { value: location, directory = '' } = last('workLocation') ?? {};
  return {
    jobEndpoint: last('jobEndpoint')?.value,
    environment: environment === undefined ? undefined : parseWorkerEnvironment(environment),
    workLocation: location === undefined || isGcsUrl(location) ? location : absolutePath(location, directory, home),
    options: Object.fromEntries(layers.flatMap(({ settings }) => Object.entries(settings.beam?.options ?? {}))),
  };
}

/** By the XDG base directory specification, which says that a relative path is to be ignored. */
function cachesDirectory(named: string | undefined, home: string): string {
  return named !== undefined && isAbsolute(named) ? named : join(home, '.cache');
}

/** `~/x` is home's: files and variables are not expanded by a shell. */
function absolutePath(path: string, directory: string, home: string): string {
  return path === '~' || path.startsWith('~/') ? join(home, path.slice(1)) : resolve(directory, path);
}

async function packages(names: readonly string[], from: string): Promise<ResolvedConfig['packages']> {
  return Promise.all(names.map(async (name) => ({ name, datasets: await packageDatasetsFolder(name, from) })));
}

async function existingFolders(folders: readonly string[], origin: ConfigOrigin): Promise<readonly string[]> {
  for (const folder of folders) {
    if (await isDirectory(folder)) continue;
    throw new DatasetsError(
      'CONFIG_INVALID',
      `${nameInOrigin('datasets', origin)} names ${folder}, which is no folder`,
      {
        hint: 'Create the folder, or correct the path.',
        at: { file: origin.kind === 'file' ? origin.file : folder, field: 'datasets' },
      },
    );
  }
  return folders;
}
