import { type BuilderDefinition, type CheckedSchedule, discoverDatasets, loadDefinition } from '../../builder/index.js';
import { datasetFolders, type ResolvedConfig } from '../../core/config/index.js';
import { DatasetsError } from '../../core/errors/index.js';
import { jobName } from './job-name.js';

/** One run of `rebuild` that a scheduler starts: all data sets of a project that have the same schedule. */
export interface ScheduledJob {
  /** Of letters, digits and dashes, at most 52 of them, as Kubernetes wants it. */
  readonly name: string;
  readonly schedule: CheckedSchedule;
  /** By name; `rebuild` orders them by their lineage. */
  readonly datasets: readonly string[];
  /** The job is ended after so long. */
  readonly timeoutSeconds: number;
  /** The most that any of them asks for. */
  readonly cpuCount: number | undefined;
  readonly memoryBytes: number | undefined;
  readonly diskBytes: number | undefined;
  /** Of the only one that is named. */
  readonly machineType: string | undefined;
}

const hour = 3600;
/** Of a data set that says none. */
const usualTimeoutSeconds = 6 * hour;
/** A night's job that runs into the next night is not to be waited for, unless one data set alone may take so long. */
const mostTogetherSeconds = 24 * hour;

/**
 * The jobs that schedulers are to start for the data sets of a project.
 *
 * @throws DatasetsError USAGE where no data set has a schedule; BUILDER_INVALID.
 */
export async function scheduledJobs(config: ResolvedConfig): Promise<readonly ScheduledJob[]> {
  const found = await discoverDatasets(datasetFolders(config));
  const definitions = await Promise.all(found.map(({ module, name }) => loadDefinition(module, name)));
  const groups = new Map<string, { readonly schedule: CheckedSchedule; readonly members: BuilderDefinition[] }>();
  for (const definition of definitions) {
    const { schedule } = definition;
    if (schedule === undefined) continue;
    const key = `${schedule.timezone} ${schedule.cron}`;
    const group = groups.get(key) ?? { schedule, members: [] };
    group.members.push(definition);
    groups.set(key, group);
  }
  if (groups.size === 0) {
    throw new DatasetsError('USAGE', `none of the ${found.length} data sets of this project has a schedule`, {
      hint: "Add `static override readonly schedule = { cron: '0 3 * * *', timezone: 'Asia/Tokyo' }` to those that are to be rebuilt.",
    });
  }
  return [...groups.values()].map(({ schedule, members }) => jobOf(schedule, members)).sort(byName);
}

function jobOf(schedule: CheckedSchedule, members: readonly BuilderDefinition[]): ScheduledJob {
  const demands = members.map((member) => member.demands);
  const timeouts = demands.map(({ timeoutSeconds }) => timeoutSeconds ?? usualTimeoutSeconds);
  const together = timeouts.reduce((sum, seconds) => sum + seconds, 0);
  const machines = new Set(demands.flatMap(({ machineType }) => machineType ?? []));
  return {
    name: jobName(schedule),
    schedule,
    datasets: members.map(({ name }) => name).sort(),
    timeoutSeconds: Math.max(Math.min(together, mostTogetherSeconds), ...timeouts),
    cpuCount: most(demands.map(({ cpuCount }) => cpuCount)),
    memoryBytes: most(demands.map(({ memoryBytes }) => memoryBytes)),
    diskBytes: most(demands.map(({ diskBytes }) => diskBytes)),
    machineType: machines.size === 1 ? [...machines][0] : undefined,
  };
}

function most(numbers: readonly (number | undefined)[]): number | undefined {
  const said = numbers.filter((number) => number !== undefined);
  return said.length === 0 ? undefined : Math.max(...said);
}

function byName(a: ScheduledJob, b: ScheduledJob): number {
  return a.name < b.name ? -1 : 1;
}
