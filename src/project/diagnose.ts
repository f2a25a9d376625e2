import { tmpdir } from 'node:os';
import { builtInDatasets, discoverDatasets, loadDefinition } from '../builder/index.js';
import { datasetFolders, type ResolvedConfig } from '../core/config/index.js';
import { DatasetsError } from '../core/errors/index.js';
import { isGcsUrl } from '../core/location/index.js';
import { type Check, ok, problem, warning } from './check.js';
import { checkLocalRegistry, checkNode, checkPeers, checkPython, checkSpace } from './check-machine.js';
import { checkRemoteRegistry } from './check-remote-registry.js';
import { readOwnManifest } from './package-manifest.js';
import { checkStagedBuilds } from './staged-builds.js';

export interface DiagnoseOptions {
  /** Loads the configuration; what it throws becomes a check. */
  config(): Promise<ResolvedConfig>;
  /** Python interpreter to ask for readers. */
  readonly python: string;
  /** Node's version, as `process.version`. */
  readonly nodeVersion: string;
  readonly cwd: string;
}

/** What `diagnose` found, with the configuration where there is a valid one. */
export interface Diagnosis {
  readonly checks: readonly Check[];
  readonly config: ResolvedConfig | undefined;
}

/**
 * Looks at everything that a build or a trainer needs on this machine. It changes nothing.
 *
 * @example
 * ```ts
 * const { checks } = await diagnose({ config: () => loadConfig(), python: 'python3', nodeVersion: process.version, cwd: process.cwd() });
 * checks.filter((check) => check.status === 'problem');
 * ```
 */
export async function diagnose(options: DiagnoseOptions): Promise<Diagnosis> {
  const manifest = await readOwnManifest();
  const { config, check } = await checkConfig(options);
  const parts = await Promise.all([
    config === undefined ? [] : checkDatasets(config),
    config === undefined ? [] : checkRegistry(config),
    checkSpace('disk:temporary', tmpdir()),
    checkPeers(manifest, config?.projectDirectory ?? options.cwd),
    checkPython(options.python),
  ]);
  const checks = [
    checkNode(options.nodeVersion, manifest.node),
    ok('ailab-datasets', `ailab-datasets ${manifest.version} in ${manifest.directory}`),
    check,
    ...parts.flat(),
  ];
  return { checks, config };
}

async function checkConfig(
  options: DiagnoseOptions,
): Promise<{ readonly config: ResolvedConfig | undefined; readonly check: Check }> {
  try {
    const config = await options.config();
    const finding =
      config.file === undefined
        ? `no configuration file in ${options.cwd} or above: defaults and the data sets of this package`
        : `${config.file} is valid`;
    return { config, check: ok('config', finding) };
  } catch (error) {
    if (!(error instanceof DatasetsError)) throw error;
    return { config: undefined, check: problem('config', error.message, error.hint ?? 'Correct the configuration.') };
  }
}

async function checkRegistry(config: ResolvedConfig): Promise<readonly Check[]> {
  const { registry } = config;
  if (!isGcsUrl(registry)) return [...(await checkLocalRegistry(registry)), await checkStagedBuilds(config)];
  const checks = await checkRemoteRegistry(registry);
  const isReadable = checks.every(({ status }) => status !== 'problem');
  return isReadable ? [...checks, await checkStagedBuilds(config)] : checks;
}

async function checkDatasets(config: ResolvedConfig): Promise<readonly Check[]> {
  try {
    const datasets = await discoverDatasets([builtInDatasets, ...datasetFolders(config)]);
    const broken = await Promise.all(
      datasets.map(({ module, name }) =>
        loadDefinition(module, name).then(
          () => [],
          (error: unknown) => [brokenDataset(name, error)],
        ),
      ),
    );
    const found = datasets.length === 0 ? 'no data sets found' : `${datasets.length} data sets found`;
    const summary =
      datasets.length === 0
        ? warning(
            'datasets',
            found,
            'Name folders in `datasets` of the configuration, or write one: ailab-datasets new <name>.',
          )
        : ok('datasets', found);
    return [summary, ...broken.flat()];
  } catch (error) {
    if (!(error instanceof DatasetsError)) throw error;
    return [problem('datasets', error.message, error.hint ?? 'Correct the folders of data sets.')];
  }
}

function brokenDataset(name: string, error: unknown): Check {
  const hint = error instanceof DatasetsError ? error.hint : undefined;
  return problem(
    `dataset:${name}`,
    error instanceof Error ? error.message : String(error),
    hint ?? 'Correct the module.',
  );
}
