import { type DataflowConfig, dataflowFlags } from '../../core/config/index.js';
import { DatasetsError } from '../../core/errors/index.js';

/** Without these no job runs on Dataflow. */
const required = ['project', 'region', 'temp', 'image'] as const;
type Required = (typeof required)[number];

/** The settings with all that a job can't do without. */
export type DataflowOptions = DataflowConfig & { readonly [Part in Required]: string };

/**
 * Checks that what Dataflow needs has been said, and nothing that contradicts itself.
 *
 * @throws DatasetsError CONFIG_INVALID, naming the flag and the setting.
 */
export function dataflowOptions(settings: DataflowConfig): DataflowOptions {
  const { project, region, temp, image } = settings;
  if (project === undefined || region === undefined || temp === undefined || image === undefined) {
    throw missing(required.filter((part) => settings[part] === undefined));
  }
  const { numWorkers, maxWorkers, workerRegion, workerZone } = settings;
  if (numWorkers !== undefined && maxWorkers !== undefined && numWorkers > maxWorkers) {
    throw contradiction(`begins with ${numWorkers} workers, and may have ${maxWorkers}`, 'numWorkers', 'maxWorkers');
  }
  if (workerRegion !== undefined && workerZone !== undefined) {
    throw contradiction('names both a region and a zone for its workers', 'workerRegion', 'workerZone');
  }
  return { ...settings, project, region, temp: temp.replace(/\/+$/, ''), image };
}

function missing(parts: readonly Required[]): DatasetsError {
  const flags = parts.map((part) => dataflowFlags[part]).join(', ');
  const names = parts.map((part) => `dataflow.${part}`).join(', ');
  return new DatasetsError('CONFIG_INVALID', `a build on Dataflow needs ${flags}`, {
    hint: `Give ${parts.length === 1 ? 'the flag' : 'the flags'}, or write ${names} in ailab-datasets.config.ts.`,
    at: { field: `dataflow.${parts[0]}` },
  });
}

function contradiction(problem: string, one: keyof DataflowConfig, other: keyof DataflowConfig): DatasetsError {
  return new DatasetsError('CONFIG_INVALID', `the job on Dataflow ${problem}`, {
    hint: `Correct ${dataflowFlags[one]} or ${dataflowFlags[other]} (dataflow.${one}, dataflow.${other}).`,
    at: { field: `dataflow.${one}` },
  });
}
