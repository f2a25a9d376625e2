import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { DatasetsError } from '../../core/errors/index.js';
import type { BadRowLimit } from '../../sources/index.js';
import { storageError } from '../../storage/index.js';
import type { BuildJob, SourceBadRows } from '../engine.js';
import { shownBadRows, type UnitBadRows } from '../task/bad-row-collector.js';

/** What the units of one source held, in the source's order. */
export interface UnitRows {
  /** Rows that were read and fit. */
  readonly rows: number;
  readonly badRows: UnitBadRows | undefined;
}

/** Where the malformed rows of a source are gathered. */
export function badRowFile({ badRowDirectory, workDirectory }: BuildJob, node: number): string {
  return join(badRowDirectory ?? join(workDirectory, 'bad-rows'), `source-${node}.jsonl`);
}

/**
 * Adds up the malformed rows of a source and gathers them in one file, in the source's order, so that neither depends on who read what.
 *
 * @param file absolute; what an earlier build left there is replaced.
 * @returns undefined when there were none
 * @throws DatasetsError SOURCE_MALFORMED above the limit, with the first of them; STORAGE_FULL, STORAGE_FAILED
 */
export async function reportBadRows(
  source: string,
  limit: BadRowLimit,
  units: readonly UnitRows[],
  file: string,
): Promise<SourceBadRows | undefined> {
  const report = countBadRows(source, units, file);
  if (report === undefined) {
    await rm(file, { force: true });
    return undefined;
  }
  await gather(units, file);
  refuseBadRows(source, limit, units, file);
  return report;
}

/**
 * Refuses malformed rows above the limit, wherever they lie.
 *
 * @param file named in the message: where all of them are, or will be.
 * @throws DatasetsError SOURCE_MALFORMED
 */
export function refuseBadRows(source: string, limit: BadRowLimit, units: readonly UnitRows[], file: string): void {
  const report = countBadRows(source, units, file);
  if (report === undefined) return;
  const good = units.reduce((sum, { rows }) => sum + rows, 0);
  refuseTooMany(
    report,
    limit,
    good,
    units.some(({ badRows }) => badRows?.more === true),
  );
}

function countBadRows(source: string, units: readonly UnitRows[], file: string): SourceBadRows | undefined {
  const bad = units.flatMap(({ badRows }) => badRows ?? []);
  if (bad.length === 0) return undefined;
  return {
    source,
    rows: bad.reduce((sum, { count }) => sum + count, 0),
    byFile: countByFile(bad),
    examples: bad.flatMap(({ examples }) => examples).slice(0, shownBadRows),
    quarantine: file,
  };
}

function refuseTooMany(report: SourceBadRows, limit: BadRowLimit, goodRows: number, more: boolean): void {
  const { source, rows, examples, quarantine } = report;
  const all = goodRows + rows;
  const tooMany = limit.rows !== undefined && rows > limit.rows;
  const tooLarge = limit.fraction !== undefined && rows > limit.fraction * all;
  if (!tooMany && !tooLarge) return;
  const count = more ? `at least ${rows} rows are malformed` : `${rows} of ${all} rows are malformed`;
  const allowed = tooMany ? `${limit.rows} may be` : `a fraction of ${limit.fraction} may be`;
  throw new DatasetsError('SOURCE_MALFORMED', `${source}: ${count}, ${allowed}. The first: ${examples.join('; ')}`, {
    hint: `All that were left out are in ${quarantine}. Correct the data or the declared types, or raise maxBadRows.`,
    at: { source, file: quarantine },
  });
}

function countByFile(bad: readonly UnitBadRows[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const { byFile } of bad)
    for (const [file, count] of Object.entries(byFile)) counts.set(file, (counts.get(file) ?? 0) + count);
  return Object.fromEntries(counts);
}

async function gather(units: readonly UnitRows[], file: string): Promise<void> {
  // Of its own: two builds of one version, for two registries, may run at once.
  const temporary = `${file}.${randomUUID()}.new`;
  try {
    await mkdir(dirname(file), { recursive: true });
    for (const unit of units.flatMap(({ badRows }) => badRows ?? []))
      await pipeline(createReadStream(unit.file), createWriteStream(temporary, { flags: 'a', mode: 0o600 }));
    await rename(temporary, file);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw storageError(cause, 'write', file);
  }
}
