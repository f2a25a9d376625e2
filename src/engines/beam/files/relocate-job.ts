import { fileURLToPath, pathToFileURL } from 'node:url';
import { DatasetsError } from '../../../core/errors/index.js';
import { isUrl } from '../../../core/location/index.js';
import {
  moveLocations,
  type PublishedRequest,
  registryOf,
  type Source,
  type SourceContext,
  type SourceShard,
} from '../../../sources/index.js';
import type { BuildJob } from '../../engine.js';
import type { Task } from '../../task/task.js';
import type { Relocation } from './relocation.js';
import type { WorkFiles } from './work-files.js';

/** Where a job leaves its submitter. */
export interface Departure {
  readonly relocation: Relocation;
  readonly files: Pick<WorkFiles, 'location' | 'isDirectory'>;
}

/** Where it arrives. */
export interface Arrival {
  readonly relocation: Relocation;
  readonly files: Pick<WorkFiles, 'directories'>;
  /** Of this machine, absolute: for versions of remote registries that sources read. */
  readonly cacheDirectory: string;
}

/**
 * A job as workers of other machines are told it. Its own directories are the submitter's affair: a worker has others.
 *
 * @throws DatasetsError UNSUPPORTED for a builder that lies outside of the project, unless all machines share a directory and so, for all we know, this one too.
 */
export function relocateJob(job: BuildJob, departure: Departure): BuildJob {
  const { relocation } = departure;
  const { journal: _, badRowDirectory: __, retain: ___, downloads, registries, builder, ...rest } = job;
  const { manualDirectory } = builder;
  const file = fileURLToPath(builder.module);
  const module = relocated(file, `the builder ${file}`, departure);
  return {
    ...rest,
    builder: {
      ...builder,
      module,
      manualDirectory: manualDirectory && (relocation.toToken(manualDirectory) ?? manualDirectory),
    },
    workDirectory: '',
    outputDirectory: '',
    ...(downloads !== undefined && { downloads: { ...downloads, directory: '' } }),
    ...(registries !== undefined && {
      registries: {
        ...registries,
        registry: portableRegistry(registries.registry, relocation),
        registries: mapValues(registries.registries, (place) => portableRegistry(place, relocation)),
        cacheDirectory: '',
      },
    }),
  };
}

/** The job on a worker. Shards have no directory here: each task is given its own. */
export function restoreJob(job: BuildJob, { relocation, files, cacheDirectory }: Arrival): BuildJob {
  const { builder, downloads, registries } = job;
  const { workDirectory, downloadDirectory } = files.directories;
  const toPath = (token: string) => relocation.toPath(token);
  const { manualDirectory } = builder;
  return {
    ...job,
    builder: {
      ...builder,
      module: pathToFileURL(toPath(builder.module)).href,
      manualDirectory: manualDirectory && toPath(manualDirectory),
    },
    workDirectory,
    ...(downloads !== undefined && { downloads: { ...downloads, directory: downloadDirectory } }),
    ...(registries !== undefined && {
      registries: {
        ...registries,
        registry: toPath(registries.registry),
        registries: mapValues(registries.registries, toPath),
        cacheDirectory,
      },
    }),
  };
}

/**
 * The shards of a source as workers of other machines are told them.
 *
 * @param context of the submitter.
 * @throws DatasetsError UNSUPPORTED for a source that reads what workers can't see.
 */
export function relocateShards(
  source: Pick<Source<unknown>, 'description' | 'published'>,
  shards: readonly SourceShard[],
  context: SourceContext,
  departure: Departure,
): readonly SourceShard[] {
  const { description, published } = source;
  if (published !== undefined) checkRegistry(published, description, context, departure);
  return shards.map((shard) =>
    moveLocations(shard, (location) => {
      if (location.in !== 'machine') return location;
      const { path } = location;
      // Messages, and counts of bad rows, call it as a build on the submitter's machine does.
      return { in: 'machine', name: path, path: relocated(path, `${description} reads ${path}, which`, departure) };
    }),
  );
}

/** A task on a worker, cut from shards that were relocated. Names in the work location stay as they are. */
export function restoreTask(task: Task, relocation: Relocation): Task {
  if (task.kind !== 'stage' || task.unit.kind !== 'shard') return task;
  const shard = moveLocations(task.unit.shard, (location) =>
    location.in === 'machine' ? { ...location, path: relocation.toPath(location.path) } : location,
  );
  return { ...task, unit: { kind: 'shard', shard } };
}

function relocated(path: string, what: string, departure: Departure): string {
  const token = departure.relocation.toToken(path);
  if (token !== undefined) return token;
  // Machines that share one directory share others too, as far as anybody can know: one that doesn't have it says so.
  if (departure.files.isDirectory) return path;
  throw outOfSight(what, path, departure);
}

function checkRegistry(
  request: PublishedRequest,
  description: string,
  context: SourceContext,
  departure: Departure,
): void {
  const { location } = registryOf(request, context);
  if (!isUrl(location)) relocated(location, `${description} is read from the registry ${location}, which`, departure);
}

function portableRegistry(place: string, relocation: Relocation): string {
  return isUrl(place) ? place : (relocation.toToken(place) ?? place);
}

function mapValues(record: Readonly<Record<string, string>>, map: (text: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([name, text]) => [name, map(text)]));
}

function outOfSight(what: string, path: string, { files }: Departure): DatasetsError {
  return new DatasetsError('UNSUPPORTED', `${what} lies where the workers of the job can't see it`, {
    hint: `Put it into the project's repository or on gs://, or take for ${files.location} a directory that all machines of the job share.`,
    at: { file: path },
  });
}
