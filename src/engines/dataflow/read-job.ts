import { type DataflowConfig, dataflowFlags } from '../../core/config/index.js';
import { DatasetsError } from '../../core/errors/index.js';
import { DataflowApi } from './dataflow-api.js';
import { accountOfOptions, type JobAccount } from './job-options.js';
import { jobUrl } from './job-url.js';
import { defaultPatience } from './running-job.js';

/** See `readDataflowJob`. */
export async function readJob(settings: DataflowConfig, jobId: string): Promise<JobAccount> {
  const { project, region } = settings;
  if (project === undefined || region === undefined) throw unplaced(project === undefined ? 'project' : 'region');
  const api = await DataflowApi.open({ ...settings, project, region }, defaultPatience.requests);
  try {
    const { options } = await api.get(jobId, { whole: true });
    const account = accountOfOptions(options);
    if (account !== undefined) return account;
    const url = jobUrl(jobId, { project, region });
    throw new DatasetsError('BUILD_UNKNOWN', `the job ${jobId} is none that this release of ailab-datasets submitted`, {
      hint: `See what it is: ${url}`,
    });
  } finally {
    await api.close();
  }
}

function unplaced(part: 'project' | 'region'): DatasetsError {
  return new DatasetsError('CONFIG_INVALID', `a job on Dataflow is known by its id in a project and a region`, {
    hint: `Give ${dataflowFlags[part]}, or write dataflow.${part} in ailab-datasets.config.ts.`,
    at: { field: `dataflow.${part}` },
  });
}
