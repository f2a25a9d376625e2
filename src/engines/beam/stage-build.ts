import { DatasetsError } from '../../core/errors/index.js';
import { checkSameGraph } from '../../pipeline/index.js';
import type { BuildJob, EngineRun } from '../engine.js';
import { readSources } from '../gather/source-records.js';
import { prepareSubmitter } from '../task/prepare-job.js';
import type { PreparedJob } from '../task/prepared-job.js';
import type { StageUnit } from '../task/task.js';
import type { BeamJob, BeamSource } from './beam-job.js';
import { Relocation, relocateJob, relocateShards, type WorkFiles } from './files/index.js';
import type { StagedJob } from './job/submitter.js';
import { fetchNotes, stageNotes } from './source-notes.js';
import { encodeDocument, jobDocument } from './steps/staged-documents.js';
import { jobDigest, readBeamJob } from './steps/worker-job.js';
import { projectFilesOf } from './worker/project-files.js';
import { identifyWorker } from './worker/worker-identity.js';

/** A build that waits for a job to do it, or that one has done. */
export interface StagedBuild {
  readonly prepared: PreparedJob;
  readonly files: WorkFiles;
  readonly beam: BeamJob;
  readonly staged: StagedJob;
}

/**
 * Prepares a build and puts into its work location what workers need: sources are split, so that queries are run once, and what only this machine has is brought there.
 *
 * @param projectRoot absolute
 * @throws DatasetsError as `prepareSubmitter` and the sources; UNSUPPORTED for what workers could not see.
 */
export async function stageBuild(
  job: BuildJob,
  run: EngineRun,
  files: WorkFiles,
  projectRoot: string,
): Promise<StagedBuild> {
  const prepared = await prepare(job, run);
  const { graph, plan } = prepared;
  const departure = { relocation: new Relocation(projectRoot), files };
  const relocated = relocateJob(job, departure);
  const sources: BeamSource[] = [];
  const units: StageUnit[] = plan.stages
    .filter(({ root }) => root.kind === 'source' && graph.nodes[root.node]?.kind !== 'read')
    .map(() => ({ kind: 'whole' }));
  for (const [node, source] of readSources(prepared)) {
    const { description, maxBadRows } = source;
    const shards = await source.split(prepared.sourceContext);
    units.push(...shards.map((shard): StageUnit => ({ kind: 'shard', shard })));
    const there = relocateShards(source, shards, prepared.sourceContext, departure);
    sources.push({ node, description, maxBadRows, shards: there });
  }
  const { workDirectory, downloads, builder } = job;
  const { nodes, splits, fingerprint, facts } = graph;
  await files.stageInputs(units, {
    workDirectory,
    downloadDirectory: downloads?.directory,
    downloads: facts.downloads,
  });
  await stageNotes(files, workDirectory);
  const projectFiles = projectFilesOf(
    sources.flatMap(({ shards }) => shards),
    builder.module,
    departure.relocation,
  );
  const beam: BeamJob = {
    formatVersion: 1,
    job: relocated,
    facts,
    signature: { nodes, splits, fingerprint },
    sources,
    identity: await identifyWorker(projectRoot, builder.module, projectFiles),
  };
  const document = encodeDocument(beam);
  await files.put(jobDocument, document);
  const staged = { workLocation: files.location, name: jobDocument, digest: jobDigest(document) };
  return { prepared, files, beam, staged };
}

/**
 * A build that another submitter has staged, with the facts that it was told and the results of its queries.
 *
 * @throws DatasetsError GRAPH_MISMATCH where this one's code makes another graph; USAGE where it makes something else than was asked for.
 */
export async function readStagedBuild(
  job: BuildJob,
  run: EngineRun,
  files: WorkFiles,
  staged: StagedJob,
): Promise<StagedBuild> {
  const beam = await readBeamJob(files, staged);
  checkSameVersion(beam.job, job);
  await fetchNotes(files, job.workDirectory);
  // Under its own id, by which what was pinned for it is found.
  const prepared = await prepare({ ...job, id: beam.job.id, facts: beam.facts }, run);
  checkSameGraph(beam.signature, prepared.graph);
  return { prepared, files, beam, staged };
}

/** What is written is the staged job's affair: another version, or the same in other files, is not what was asked for. */
function checkSameVersion(staged: BuildJob, asked: BuildJob): void {
  const described = ({ builder: { name, config, version }, formats, numShards, maxShardBytes }: BuildJob): string =>
    [
      `${config === undefined ? name : `${name}/${config}`}:${version} as ${formats.join(', ')}`,
      ...(numShards === undefined ? [] : [`in ${numShards} shards a split`]),
      ...(maxShardBytes === undefined ? [] : [`in shards of at most ${maxShardBytes} bytes`]),
    ].join(' ');
  if (described(staged) === described(asked)) return;
  throw new DatasetsError('USAGE', `the job makes ${described(staged)}, and ${described(asked)} was asked for`, {
    hint: 'Ask for what the job makes, with the settings that it was submitted with; or wait until it is over.',
    at: { dataset: asked.builder.name },
  });
}

async function prepare(job: BuildJob, run: EngineRun): Promise<PreparedJob> {
  refuseSample(job);
  const prepared = await prepareSubmitter(job, run);
  const { signal, onProgress } = run;
  return { ...prepared, sourceContext: { ...prepared.sourceContext, signal, onProgress } };
}

/** What a task of a sample takes depends on the tasks before it: they can't be dealt to machines. */
function refuseSample({ builder, maxExamplesPerSplit }: BuildJob): void {
  if (maxExamplesPerSplit === undefined) return;
  throw new DatasetsError('UNSUPPORTED', `a sample of ${builder.name} can't be built by a Beam job`, {
    hint: 'The first examples of each split are found fastest on one machine: use --runner threads.',
    at: { dataset: builder.name },
  });
}
