import { DatasetsError } from '../../core/errors/index.js';
import type { BuildOutput } from '../engine.js';
import { badRowFile, reportBadRows } from '../gather/bad-row-reports.js';
import { buildOutput } from '../gather/build-output.js';
import { GatheredResults } from '../gather/gathered-results.js';
import { askStates, type StatesByNode } from '../gather/source-records.js';
import type { StageResult } from '../task/task.js';
import { leaveShards, takeShards } from './files/index.js';
import type { StagedBuild } from './stage-build.js';
import { findFailure } from './steps/failures.js';
import {
  type FinishedBuild,
  finishedDocument,
  readDocument,
  readResults,
  resultsOfStage,
} from './steps/staged-documents.js';

/**
 * Brings home what a job has made, when it is done: shards are verified, and taken into the directory of the version.
 *
 * @throws DatasetsError DATA_CORRUPT; JOIN_UNMATCHED, SOURCE_MALFORMED as a build on this machine.
 */
export async function collectBuild(build: StagedBuild, states: StatesByNode): Promise<Omit<BuildOutput, 'engine'>> {
  const { prepared, files } = build;
  const finished = await readDocument<FinishedBuild>(files, finishedDocument);
  const gathered = await gather(build, finished.stages);
  const run = finished.stages.flat().length + finished.splits.reduce((sum, { shards }) => sum + shards.length, 0);
  const work = { gathered, states, units: { reused: 0, run, redone: 0 } };
  const { outputDirectory, leavesShards } = prepared.job;
  if (files.isDirectory || leavesShards !== true)
    return buildOutput(prepared, { ...work, splits: await takeShards(files, finished.splits, outputDirectory) });
  const { splits, urls } = await leaveShards(files, finished.splits, outputDirectory);
  const output = await buildOutput(prepared, { ...work, splits });
  // Whatever stays is no part of the version, which is published by then.
  return { ...output, left: { urls, release: () => files.remove().catch(() => {}) } };
}

async function gather(
  { prepared, files, beam }: StagedBuild,
  stages: readonly (readonly StageResult[])[],
): Promise<GatheredResults> {
  const gathered = new GatheredResults(beam.signature);
  for (const [index, stage] of prepared.plan.stages.entries()) {
    const results = stages[index] ?? [];
    gathered.add(stage, results);
    const source = stage.root.kind === 'source' ? beam.sources.find(({ node }) => node === stage.root.node) : undefined;
    if (source?.maxBadRows === undefined) continue;
    const { node, description, maxBadRows } = source;
    const here = await Promise.all(
      results.map(async ({ rows, badRows }) => ({
        rows,
        badRows: badRows && { ...badRows, file: await files.fetch(badRows.file) },
      })),
    );
    gathered.addBadRows(
      description,
      await reportBadRows(description, maxBadRows, here, badRowFile(prepared.job, node)),
    );
  }
  return gathered;
}

/**
 * Why a job failed: what its workers said, else what the runner did.
 *
 * @param reason what the service says of it, or the last error among the job's messages.
 */
export async function failureOfJob(build: StagedBuild, reason: DatasetsError | string | undefined): Promise<unknown> {
  const failure = await findFailure(build.files);
  if (failure === undefined && reason instanceof DatasetsError) return reason;
  if (failure === undefined) {
    return new DatasetsError('JOB_FAILED', `the job failed: ${reason ?? 'its runner gave no reason'}`, {
      hint: "Look at the job's messages and at the logs of its workers. Nothing was published.",
      at: { dataset: build.prepared.job.builder.name },
    });
  }
  const { error, results } = failure;
  if (error instanceof DatasetsError && error.code === 'SOURCE_MALFORMED' && results.length > 0) {
    // The same again, with the malformed rows where this machine's user finds them.
    const found = await readResults(build.files, results);
    try {
      await gather(
        build,
        build.prepared.plan.stages.map((_, index) => resultsOfStage(found, index).map(withoutOutputs)),
      );
    } catch (again) {
      return again;
    }
  }
  return error;
}

function withoutOutputs(result: StageResult): StageResult {
  return { ...result, runs: [], outputs: [], fanOuts: [] };
}

/** The states of what is read, asked while the job runs. */
export function statesOf({ prepared }: StagedBuild): Promise<StatesByNode> {
  return askStates(prepared);
}
