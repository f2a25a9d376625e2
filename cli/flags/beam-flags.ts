import { type Command, InvalidArgumentError } from 'commander';
import {
  type BeamConfig,
  beamConnection,
  beamFlags,
  type DatasetsConfig,
  type PipelineOption,
  type ResolvedConfig,
} from '../../src/core/config/index.js';
import { DatasetsError } from '../../src/core/errors/index.js';

/** Flags of builds on a runner of Apache Beam, as commander names them. */
export interface BeamFlags {
  readonly jobEndpoint?: string;
  readonly environment?: string;
  readonly workLocation?: string;
  readonly pipelineOption?: Readonly<Record<string, PipelineOption>>;
}

export function addBeamFlags(command: Command): void {
  command
    .optionsGroup('With --runner beam:')
    .option('--job-endpoint <host:port>', "the runner's job service: of Prism, Flink, Spark, Python's")
    .option(
      '--environment <where>',
      'where workers run: loopback (processes of this machine; the default for a runner on it), external:HOST:PORT (a pool of workers), process:COMMAND or docker:IMAGE (started by the runner)',
    )
    .option(
      '--work-location <place>',
      'what all of its machines can read and write: a directory, or gs://bucket/prefix (default with loopback: a folder of the build)',
    )
    .option('--pipeline-option <name=value>', "an option for the runner, by Beam's name (repeat it)", pipelineOption);
}

/** The flags as settings. */
export function beamSettings(flags: BeamFlags): Pick<DatasetsConfig, 'beam'> {
  const { jobEndpoint, environment, workLocation, pipelineOption: options } = flags;
  const beam: BeamConfig = {
    ...(jobEndpoint !== undefined && { jobEndpoint }),
    ...(environment !== undefined && { environment }),
    ...(workLocation !== undefined && { workLocation }),
    ...(options !== undefined && { options }),
  };
  return Object.keys(beam).length === 0 ? {} : { beam };
}

/**
 * Refuses settings of Beam before anything is built with them.
 *
 * @throws DatasetsError USAGE for flags that another runner would pass over, and as `beamConnection`.
 */
export function checkBeamFlags(flags: BeamFlags, { runner, beam }: ResolvedConfig): void {
  if (runner === 'beam') {
    beamConnection(beam);
    return;
  }
  const given = Object.keys(beamSettings(flags).beam ?? {}).map((part) => beamFlags[part as keyof BeamConfig]);
  if (given.length === 0) return;
  const verb = given.length === 1 ? 'means' : 'mean';
  throw new DatasetsError('USAGE', `${given.join(' and ')} ${verb} nothing to the runner ${runner}`, {
    hint: 'Add --runner beam, or leave it out.',
  });
}

/** Collects `parallelism=8`: a number, true and false are what they look like, everything else is text. */
function pipelineOption(
  text: string,
  before: Readonly<Record<string, PipelineOption>> = {},
): Readonly<Record<string, PipelineOption>> {
  const [, name, value] = /^([A-Za-z]\w*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('It must be NAME=VALUE.');
  return { ...before, [name]: optionValue(value) };
}

function optionValue(text: string): PipelineOption {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text;
}
