import { JobDetached } from '../../engines/index.js';
import { type BuildReportDraft, lastBuildFailed, type Registry, writeBuildReport } from '../../registry/index.js';
import type { BuildEvent, BuildOptions, BuildResult } from '../build-options.js';
import type { BuildTarget } from '../target.js';
import { BuildRecorder } from './build-recorder.js';

/** The options of a build, with what notes what it does. */
export interface RecordedOptions extends BuildOptions {
  readonly recorder: BuildRecorder;
}

/**
 * Does a build and writes its report into the registry when it has ended, however that was. What was published before and stays as it is gets none, unless the build before had failed, nor does a job that goes on without its submitter.
 *
 * A report that can't be written is told as an event, and fails nothing.
 */
export async function withReport(
  target: BuildTarget,
  registry: Registry,
  asked: BuildOptions,
  work: (options: RecordedOptions) => Promise<BuildResult>,
): Promise<BuildResult> {
  const recorder = new BuildRecorder(target, asked);
  const onProgress = (event: BuildEvent) => {
    recorder.observe(event);
    asked.onProgress?.(event);
  };
  let result: BuildResult;
  try {
    result = await work({ ...asked, onProgress, recorder });
  } catch (error) {
    // Nothing has ended where its job goes on.
    if (!(error instanceof JobDetached)) await write(registry, asked, () => recorder.failed(error));
    throw error;
  }
  // After one that failed it is noted that all is well again.
  if (result.status === 'exists' && !(await followsFailure(registry, target))) return result;
  const report = await write(registry, asked, () => recorder.ended(result));
  return report === undefined ? result : { ...result, report };
}

/** A registry whose reports can't be listed is written to as ever. */
async function followsFailure(registry: Registry, { definition, chosen }: BuildTarget): Promise<boolean> {
  return lastBuildFailed(registry, definition.name, chosen.config).catch(() => false);
}

/** @returns the report's id; undefined where it could not be written */
async function write(
  registry: Registry,
  { onProgress }: BuildOptions,
  draft: () => Promise<BuildReportDraft>,
): Promise<string | undefined> {
  try {
    const { id, outcome } = await writeBuildReport(registry, await draft());
    onProgress?.({ type: 'report-written', id, outcome });
    return id;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    onProgress?.({ type: 'report-failed', message });
    return undefined;
  }
}
