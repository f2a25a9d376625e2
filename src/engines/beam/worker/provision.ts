import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { DatasetsError } from '../../../core/errors/index.js';
import { ProvisionService } from '../protos/fn_execution/v1/beam_provision_api_pb.js';
import { connect, unary, workerMetadata } from '../rpc/channel.js';
import { threadsOf, type WorkerFlags } from './worker-flags.js';

/** A runner that has just started this container may take a moment to answer; Beam's own boot programs wait as long. */
const patienceMilliseconds = 120_000;

/** As Python's SDK calls it (options/pipeline_options.py, WorkerOptions). */
const threadsOption = 'number_of_worker_harness_threads';

/** What a runner tells a container that it starts. */
export interface Provision {
  readonly controlEndpoint: string | undefined;
  readonly loggingEndpoint: string | undefined;
  /** Other workers that this container is to run beside the one of its flags. */
  readonly siblingWorkerIds: readonly string[];
  /** How many tasks each of them is to work on at a time, where the job's options say so. */
  readonly threads: number | undefined;
}

/**
 * Asks a runner what a worker needs to know; what it answers counts before what the flags say.
 *
 * @throws DatasetsError JOB_SERVICE_UNREACHABLE
 */
export async function askProvision(endpoint: string, flags: WorkerFlags): Promise<Provision> {
  const client = connect(endpoint);
  try {
    const deadline = Date.now() + patienceMilliseconds;
    await new Promise<void>((resolve, reject) => {
      client.waitForReady(deadline, (error) => (error === undefined ? resolve() : reject(error)));
    });
    const { info } = await unary(client, ProvisionService.method.getProvisionInfo, {}, workerMetadata(flags.id));
    return {
      controlEndpoint: info?.controlEndpoint?.url || flags.controlEndpoint,
      loggingEndpoint: info?.loggingEndpoint?.url || flags.loggingEndpoint,
      siblingWorkerIds: info?.siblingWorkerIds ?? [],
      threads: threadsOf(optionsOf(info?.pipelineOptions ?? {})[threadsOption]),
    };
  } catch (cause) {
    throw new DatasetsError('JOB_SERVICE_UNREACHABLE', `worker ${flags.id} got no provisioning from ${endpoint}`, {
      hint: 'The runner that starts workers answers there: see that it runs, and that its address can be reached from where the worker runs.',
      cause,
    });
  } finally {
    client.close();
  }
}

/** Dataflow nests options in `options`, as Java's SDK writes them; portable runners name them `beam:option:NAME:v1`. */
function optionsOf(given: JsonObject): Readonly<Record<string, JsonValue>> {
  const nested = given['options'];
  const flat = typeof nested === 'object' && nested !== null && !Array.isArray(nested) ? nested : given;
  return Object.fromEntries(
    Object.entries(flat).map(([name, value]) => [/^beam:option:(.+):v1$/.exec(name)?.[1] ?? name, value]),
  );
}
