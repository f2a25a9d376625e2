import { parseByteSize } from '../core/config/index.js';
import { nearest } from '../core/errors/index.js';
import { durationSeconds } from './duration.js';

/** What each machine of a distributed build has at least; engines on this machine take what there is. */
export interface Resources {
  /** Processors. */
  readonly cpu?: number;
  /** With its unit: `'16 GiB'`. */
  readonly memory?: string;
  /** For what is spilled, with its unit: `'200 GiB'`. Where the runner takes whole GiB, it is rounded up. */
  readonly disk?: string;
  /** As the cloud calls it: `'n2-highmem-8'`. */
  readonly machineType?: string;
}

/** What a class says of the machines and the time that a distributed build of it takes, in numbers. None of it changes a byte of the result. */
export interface BuildDemands {
  readonly cpuCount?: number;
  readonly memoryBytes?: number;
  readonly diskBytes?: number;
  readonly machineType?: string;
  /** The job is cancelled after so long, whether or not its submitter lives. */
  readonly timeoutSeconds?: number;
}

type Refuse = (message: string, hint: string) => never;

const resourceNames = ['cpu', 'memory', 'disk', 'machineType'] as const;
const mostCpus = 1024;
const mostBytes = 2 ** 50;

/** Reads `resources` and `timeout` of a class; what is wrong with them is refused by name. */
export function readDemands(
  { resources, timeout }: { readonly resources?: unknown; readonly timeout?: unknown },
  refuse: Refuse,
): BuildDemands {
  return {
    ...(resources !== undefined && readResources(resources, refuse)),
    ...(timeout !== undefined && { timeoutSeconds: readTimeout(timeout, refuse) }),
  };
}

function readResources(resources: unknown, refuse: Refuse): BuildDemands {
  if (typeof resources !== 'object' || resources === null || Array.isArray(resources)) {
    return refuse('resources is no object', "Write `static override readonly resources = { memory: '16 GiB' }`.");
  }
  for (const name of Object.keys(resources)) {
    if (resourceNames.some((known) => known === name)) continue;
    const meant = nearest(name, resourceNames);
    const known = `Resources are ${resourceNames.join(', ')}.`;
    refuse(`resources has no ${name}`, meant === undefined ? known : `Did you mean ${meant}?`);
  }
  const { cpu, memory, disk, machineType } = resources as Readonly<Record<(typeof resourceNames)[number], unknown>>;
  return {
    ...(cpu !== undefined && { cpuCount: readCpu(cpu, refuse) }),
    ...(memory !== undefined && { memoryBytes: readSize('memory', memory, refuse) }),
    ...(disk !== undefined && { diskBytes: readSize('disk', disk, refuse) }),
    ...(machineType !== undefined && { machineType: readMachineType(machineType, refuse) }),
  };
}

function readCpu(cpu: unknown, refuse: Refuse): number {
  if (typeof cpu === 'number' && Number.isInteger(cpu) && cpu >= 1 && cpu <= mostCpus) return cpu;
  return refuse(`resources.cpu is ${shown(cpu)}`, `Write a whole number of processors, from 1 to ${mostCpus}.`);
}

function readSize(name: 'memory' | 'disk', size: unknown, refuse: Refuse): number {
  const bytes = typeof size === 'string' && /[a-z]/i.test(size) ? parseByteSize(size) : undefined;
  if (bytes !== undefined && bytes > 0 && bytes <= mostBytes) return bytes;
  return refuse(`resources.${name} is ${shown(size)}`, `Write a size with its unit: ${name}: '16 GiB'.`);
}

/** Of Google Cloud and others: `n2-standard-4`, `custom-8-16384`. */
function readMachineType(machineType: unknown, refuse: Refuse): string {
  if (typeof machineType === 'string' && /^[a-z][a-z0-9.-]*$/.test(machineType)) return machineType;
  return refuse(
    `resources.machineType is ${shown(machineType)}`,
    "Write it as the cloud does: machineType: 'n2-highmem-8'.",
  );
}

/** Timers count to 2^31 milliseconds. */
const mostDays = 24;

function readTimeout(timeout: unknown, refuse: Refuse): number {
  const seconds = durationSeconds(timeout);
  if (seconds !== undefined && seconds >= 60 && seconds <= mostDays * 86_400) return seconds;
  return refuse(
    `timeout is ${shown(timeout)}`,
    `Write '90 minutes', '6 hours' or '2 days': at least one minute, at most ${mostDays} days.`,
  );
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
