import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AnyBuilder, loadBuilder } from '../../builder/index.js';
import { DatasetsError } from '../../core/errors/index.js';
import { checksumsFileName, openDownloads } from '../../downloads/index.js';
import {
  type AnyFeature,
  applyPrivacy,
  keyPseudonymiser,
  personalDataIn,
  secretsOfEnvironment,
} from '../../features/index.js';
import {
  type BuildFacts,
  buildGraph,
  checkSameGraph,
  type Graph,
  type GraphOptions,
  type GraphSignature,
  planPipeline,
  splitsError,
} from '../../pipeline/index.js';
import { isRemoteSource } from '../../sources/index.js';
import { encodeShard, SplitWriter } from '../../writers/index.js';
import type { BuildJob, EngineRun } from '../engine.js';
import { pinPublished } from './pin-published.js';
import { type PreparedJob, sourceStaging, WorkerResources } from './prepared-job.js';

/**
 * Loads a job's builder and makes its graph in the submitter, which may ask facts.
 *
 * @throws DatasetsError BUILDER_INVALID, PIPELINE_INVALID; USER_CODE for what `splits()` throws.
 */
export async function prepareSubmitter(job: BuildJob, run: EngineRun): Promise<PreparedJob> {
  const builder = await loadBuilder(job.builder);
  const graph = await graphOf(job, builder, job.facts, run);
  const result = prepared(job, builder, graph);
  if (job.localSourcesOnly === true) refuseRemoteSources(result);
  if (job.retain !== undefined) await checkRetention(result);
  return pinPublished(result);
}

/**
 * The same in a worker, with the facts that the submitter recorded.
 *
 * @throws DatasetsError GRAPH_MISMATCH when the graph is not the submitter's.
 */
export async function prepareWorker(job: BuildJob, facts: BuildFacts, signature: GraphSignature): Promise<PreparedJob> {
  const builder = await loadBuilder(job.builder);
  const graph = await graphOf(job, builder, facts, undefined);
  checkSameGraph(signature, graph);
  return prepared(job, builder, graph);
}

/** Staging runs while no worker does, and has about the memory that they will have: 256 MiB by default. */
const stagingBuffers = 16;

function refuseRemoteSources({ job, graph, sourceContext }: PreparedJob): void {
  for (const operation of graph.operations) {
    if (operation.kind !== 'read' || !isRemoteSource(operation.source, sourceContext)) continue;
    throw new DatasetsError(
      'BUILD_REFUSED',
      `${job.builder.name} reads ${operation.source.description}, which is not on this machine`,
      {
        hint: `Build it knowingly: ailab-datasets build ${job.builder.name}, or load(..., { build: 'always' }).`,
        at: { dataset: job.builder.name, source: operation.source.description },
      },
    );
  }
}

/** What is not to be kept as it was asked for is refused before any query runs. */
async function checkRetention({ graph, sourceContext, retention }: PreparedJob): Promise<void> {
  for (const operation of graph.operations) {
    if (operation.kind === 'read') await operation.source.retention?.check(retention, sourceContext);
  }
}

/** @param run of the submitter, which alone may ask and fetch. */
async function graphOf(
  job: BuildJob,
  builder: AnyBuilder,
  facts: BuildFacts,
  run: EngineRun | undefined,
): Promise<Graph> {
  const downloads = run === undefined ? job.downloads : submitterDownloads(job, run);
  try {
    return await buildGraph((pipeline) => builder.splits(pipeline), {
      facts,
      mayAskFacts: run !== undefined,
      ...(downloads !== undefined && { downloads }),
    });
  } catch (cause) {
    throw splitsError(cause, job.builder.name);
  }
}

function submitterDownloads(job: BuildJob, { signal, onProgress }: EngineRun): GraphOptions['downloads'] {
  if (job.downloads === undefined) return undefined;
  const fetch = openDownloads({
    ...job.downloads,
    dataset: job.builder.name,
    checksumsFile: join(moduleFolder(job), checksumsFileName),
    mode: job.localSourcesOnly === true ? 'cached' : 'verify',
    signal,
    onProgress,
  });
  return { directory: job.downloads.directory, fetch };
}

function moduleFolder(job: BuildJob): string {
  return dirname(fileURLToPath(job.builder.module));
}

function prepared(job: BuildJob, builder: AnyBuilder, graph: Graph): PreparedJob {
  const info = builder.info();
  const privacy = info.privacy ?? {};
  const secrets = secretsOfEnvironment(process.env);
  const schema: AnyFeature = applyPrivacy(info.features, privacy, secrets);
  const replaceKey = keyPseudonymiser(info.keyPii, privacy, secrets);
  const hidden = Object.values(privacy).some((policy) => policy.policy !== 'keep');
  const kinds = privateKinds(info);
  const isPrivate = kinds.length > 0;
  const privateKeys = info.keyPii !== undefined && privacy[info.keyPii]?.policy !== 'keep';
  return {
    job,
    graph,
    // Elements dealt to whoever is free come in no order: a build of the first examples takes them as the source has them.
    plan: planPipeline(graph, { fanOut: job.maxExamplesPerSplit === undefined }),
    sourceContext: {
      baseDirectory: moduleFolder(job),
      ...(job.downloads !== undefined && { downloadDirectory: job.downloads.directory }),
      warehouse: job.warehouse ?? 'duckdb',
      ...(job.bigquery !== undefined && { bigquery: job.bigquery }),
      build: {
        // A build that goes on is told the snapshot time of its first attempt; one that begins anew has another.
        id: `${job.journal?.identity ?? job.id} ${graph.facts.snapshotTime}`,
        dataset: job.builder.name,
        config: job.builder.config,
        version: job.builder.version,
        builder: builder.constructor.name,
      },
      period: builder.snapshot,
      stagingDirectory: sourceStaging(job.workDirectory),
      memoryBytes: stagingBuffers * job.bufferBytes,
      hidesValues: isPrivate,
      ...(job.registries !== undefined && { published: { from: job.registries, versions: job.facts.published ?? {} } }),
      ...(job.extracts !== undefined && { extracts: job.extracts }),
    },
    retention: {
      mostBytes: job.retain?.mostBytes ?? 0,
      privateKinds: kinds,
      isSample: job.maxExamplesPerSplit !== undefined,
    },
    isPrivate,
    resources: new WorkerResources(),
    openSplit: (file) => new SplitWriter({ ...file, schema, privateKeys, replaceKey }),
    encodeShard: (task, signal) => encodeShard({ ...task, privateKeys }, schema, signal),
    showKey: hidden || privateKeys ? hashOfKey : textOfKey,
  };
}

/** The kinds that the features declare, and those that have a policy although no feature holds them any more: the source may. */
function privateKinds({ features, privacy = {}, keyPii }: ReturnType<AnyBuilder['info']>): readonly string[] {
  const kinds = new Set([...personalDataIn(features), ...Object.keys(privacy)]);
  if (keyPii !== undefined) kinds.add(keyPii);
  return [...kinds].sort();
}

const maxShown = 80;

function textOfKey(key: unknown): string {
  if (key instanceof Uint8Array) return cut(`0x${Buffer.from(key).toString('hex')}`);
  return cut(typeof key === 'string' ? JSON.stringify(key) : String(key));
}

/**
 * For data sets with personal fields: keys inside a pipeline are often made of them, and nobody declares which.
 */
function hashOfKey(key: unknown): string {
  const bytes = key instanceof Uint8Array ? key : Buffer.from(String(key));
  return `(private, sha256 ${createHash('sha256').update(bytes).digest('hex').slice(0, 12)})`;
}

function cut(text: string): string {
  return text.length <= maxShown ? text : `${text.slice(0, maxShown)}…`;
}
