import type { WorkerEnvironmentChoice } from './worker-environment.js';

/** A value of a pipeline option. */
export type PipelineOption = string | number | boolean | readonly string[];

/** How builds run on a runner of Apache Beam that has a job service: Prism, Flink, Spark, Python's. */
export interface BeamConfig {
  /** Where the runner's job service listens: `localhost:8073`. */
  readonly jobEndpoint?: string;
  /** Where workers run: `loopback` (processes of this machine; the default for a runner on it), `external:HOST:PORT`, `process:COMMAND` or `docker:IMAGE`. */
  readonly environment?: string;
  /** What the machines of a job share: a directory that all of them see under the same path (relative to the file), or `gs://bucket/prefix`. Default with `loopback`: the build's own work directory. */
  readonly workLocation?: string;
  /** Pipeline options for the runner, by Beam's names: `{ parallelism: 8 }`. */
  readonly options?: Readonly<Record<string, PipelineOption>>;
}

/** `BeamConfig` as it counts. Plain data. */
export interface BeamSettings {
  readonly jobEndpoint: string | undefined;
  /** undefined: nobody has said. */
  readonly environment: WorkerEnvironmentChoice | undefined;
  /** An absolute directory, or `gs://bucket/prefix`. */
  readonly workLocation: string | undefined;
  readonly options: Readonly<Record<string, PipelineOption>>;
}

/** What each part is called on the command line. */
export const beamFlags: { readonly [Part in keyof BeamConfig]-?: string } = {
  jobEndpoint: '--job-endpoint',
  environment: '--environment',
  workLocation: '--work-location',
  options: '--pipeline-option',
};
