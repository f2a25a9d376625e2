import { randomUUID } from 'node:crypto';

/** Raised when an older release could misread a report. Fields that may be ignored are added without raising it. */
export const reportFormatVersion = 1;

/** How a build ended. `refused`: a rule stopped it, such as a version that would change; `attested`: it gave what is published. */
export const reportOutcomes = ['published', 'attested', 'refused', 'failed', 'interrupted'] as const;
export type BuildOutcomeName = (typeof reportOutcomes)[number];

const fileName = /^(\d{8}T\d{9}Z-[0-9a-f]{8})\.([a-z]+)\.json$/;

/** Ids sort by the time when builds ended; two of one moment differ by the nonce. */
export function newReportId(endedAt: Date): string {
  return `${endedAt.toISOString().replace(/[-:.]/g, '')}-${randomUUID().slice(0, 8)}`;
}

/** The outcome stands in the name, so that retention and lists of names need not read anything. */
export function reportFile(id: string, outcome: BuildOutcomeName): string {
  return `${id}.${outcome}.json`;
}

/** @returns undefined for what is no report's name; the outcome may be one of a later release. */
export function parseReportFile(name: string): { readonly id: string; readonly outcome: string } | undefined {
  const [, id, outcome] = fileName.exec(name) ?? [];
  return id === undefined || outcome === undefined ? undefined : { id, outcome };
}
