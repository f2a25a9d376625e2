import type { z } from 'zod';
import { DatasetsError } from '../../core/errors/index.js';
import { type Json, parseJson } from '../../core/json/index.js';
import { formatJson } from '../format-json.js';
import { reportDirectory, reportPath } from '../layout.js';
import { locationOf } from '../location.js';
import type { Registry } from '../registry.js';
import type { VersionName } from '../version-name.js';
import { type BuildOutcomeName, newReportId, parseReportFile, reportFile, reportFormatVersion } from './report-name.js';
import type { buildReportSchema } from './report-schema.js';

type Scalar = string | number | boolean | null | undefined;
type Readable<T> = Json extends T ? T : T extends Scalar ? T : { readonly [Key in keyof T]: Readable<T[Key]> };

/** What became of one build, and all that it takes to do it again. */
export type BuildReport = Readable<z.infer<typeof buildReportSchema>>;
/** A report as it is made: its id is given when it is written. */
export type BuildReportDraft = Omit<BuildReport, 'id' | 'formatVersion'>;

export interface BuildReportQuery {
  /** Of this data set alone, in all of its configs and versions. */
  readonly name?: string | undefined;
  /** Of this version alone, without `config` that of the versions without configs. */
  readonly version?: VersionName | undefined;
  readonly outcomes?: readonly BuildOutcomeName[] | undefined;
  /** Default: 20. */
  readonly limit?: number | undefined;
}

const defaultLimit = 20;

/**
 * Writes the report of a build that has ended, as an object of its own, in one step. It is never changed.
 *
 * @returns the report with its id
 * @throws DatasetsError what the storage throws: STORAGE_FAILED, STORAGE_DENIED, ...
 */
export async function writeBuildReport({ storage }: Registry, draft: BuildReportDraft): Promise<BuildReport> {
  const report: BuildReport = {
    formatVersion: reportFormatVersion,
    id: newReportId(new Date(draft.endedAt)),
    ...draft,
  };
  await storage.createIfAbsent(`${reportPath(report)}/${reportFile(report.id, report.outcome)}`, formatJson(report));
  return report;
}

/**
 * Reports of builds that have ended, the newest first. Names alone are listed; no more reports are read than are asked for. Those that a later release wrote, or something else, are left out.
 *
 * @example
 * ```ts
 * const [last] = await readBuildReports(openRegistry('/data/registry'), { name: 'product_a', limit: 1 });
 * if (last?.outcome === 'failed') console.log(last.error?.message);
 * ```
 */
export async function readBuildReports(
  registry: Registry,
  query: BuildReportQuery = {},
): Promise<readonly BuildReport[]> {
  const { outcomes, limit = defaultLimit } = query;
  const stored = await listBuildReports(registry, query);
  const asked = outcomes === undefined ? stored : stored.filter(({ outcome }) => isOneOf(outcome, outcomes));
  const reports: BuildReport[] = [];
  for (const { path } of asked) {
    if (reports.length >= limit) break;
    const report = await readReport(registry, path).catch(ignoreUnreadable);
    if (report !== undefined) reports.push(report);
  }
  return reports;
}

/** What became of the newest build of a version that has ended; undefined where none has, or its report was removed. */
export async function lastOutcome(registry: Registry, version: VersionName): Promise<BuildReport | undefined> {
  const { name, config, version: number } = version;
  return (await readBuildReports(registry, { version: { name, config, version: number }, limit: 1 }))[0];
}

/**
 * The report of an id.
 *
 * @returns undefined where there is none
 * @throws DatasetsError FORMAT_TOO_NEW for a report of a later release; MANIFEST_INVALID for one that something else wrote
 */
export async function readBuildReport(registry: Registry, id: string): Promise<BuildReport | undefined> {
  const found = (await listBuildReports(registry, {})).find((stored) => stored.id === id);
  return found === undefined ? undefined : readReport(registry, found.path);
}

/** A report by its name alone. */
export interface StoredReport {
  readonly id: string;
  /** As its name says; a later release may know others. */
  readonly outcome: string;
  readonly path: string;
  /** `product_a/men/1.2.0` */
  readonly versionPath: string;
}

/** Names of reports, the newest first: one request for each thousand in a bucket. */
export async function listBuildReports(
  { storage }: Registry,
  { name, version }: Pick<BuildReportQuery, 'name' | 'version'>,
): Promise<readonly StoredReport[]> {
  const folder =
    version === undefined ? (name === undefined ? reportDirectory : `${reportDirectory}/${name}`) : reportPath(version);
  const found: StoredReport[] = [];
  for await (const { path } of storage.walk(folder)) {
    const slash = path.lastIndexOf('/');
    const parsed = parseReportFile(path.slice(slash + 1));
    if (parsed === undefined) continue;
    found.push({ ...parsed, path, versionPath: path.slice(reportDirectory.length + 1, slash) });
  }
  return found.sort((a, b) => (a.id < b.id ? 1 : -1));
}

async function readReport({ storage }: Registry, path: string): Promise<BuildReport | undefined> {
  const bytes = await storage.read(path);
  if (bytes === undefined) return undefined;
  const file = locationOf(storage, path);
  const found = parseJson(bytes, file);
  const version =
    typeof found === 'object' && found !== null && 'formatVersion' in found ? found.formatVersion : undefined;
  if (typeof version === 'number' && version > reportFormatVersion) {
    throw new DatasetsError(
      'FORMAT_TOO_NEW',
      `${file} has format version ${version}; this release reads up to ${reportFormatVersion}`,
      { hint: 'Update ailab-datasets to read this report.', at: { file } },
    );
  }
  const { buildReportSchema } = await import('./report-schema.js');
  const parsed = buildReportSchema.safeParse(found);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new DatasetsError(
    'MANIFEST_INVALID',
    `${file} is no report of a build: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'does not fit'}`,
    { hint: 'Something else wrote it. Nothing depends on it: it may be deleted.', cause: parsed.error, at: { file } },
  );
}

/** A list is of what can be read; whoever asks for one report is told why it can't be. */
function ignoreUnreadable(error: unknown): undefined {
  if (error instanceof DatasetsError && (error.code === 'FORMAT_TOO_NEW' || error.code === 'MANIFEST_INVALID')) return;
  throw error;
}

function isOneOf(outcome: string, outcomes: readonly string[]): boolean {
  return outcomes.includes(outcome);
}
