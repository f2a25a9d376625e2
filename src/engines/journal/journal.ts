import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { storageError } from '../../storage/index.js';
import type { Value } from '../../values/index.js';
import { readRecord, writeRecord } from './record-file.js';
import { unitExtension } from './unit-entry.js';

/** Names in `<work directory>/journal/`; units are `<key>.unit`, or `<key>-<part>.unit`. */
export const journalFolder = 'journal';
const logFile = 'log';
const factsFile = 'facts';
const sourcesFile = 'sources';
const stageExtension = '.stage';

/** A stage that was begun, for whoever looks at the build from outside. */
export interface StageRecord {
  /** As progress names it. */
  readonly name: string;
  readonly key: string;
  readonly index: number;
  readonly tasks: number;
  /** Whether it reads a source. */
  readonly source: boolean;
  /** All that it makes was made, and what it read may be gone. `units`: how many entries it has. */
  readonly ended: { readonly units: number } | null;
}

/**
 * The small files in which a build keeps note of what is finished, so that a later one with the same identity goes on from there.
 *
 * Nothing in it is synced to the disk: a killed process loses nothing, and after a power cut whatever fails its checksum is made again.
 */
export class Journal {
  readonly directory: string;
  /** How many builds have worked here, this one included. */
  readonly attempt: number;
  /** When something was noted last; undefined in a new journal. */
  readonly lastNoted: Date | undefined;
  /** Keys of units that earlier attempts began. */
  readonly begun: ReadonlySet<string>;

  /** @throws DatasetsError STORAGE_FULL, STORAGE_FAILED */
  constructor(workDirectory: string) {
    this.directory = join(workDirectory, journalFolder);
    this.lastNoted = newestFile(this.directory);
    const lines = readLog(join(this.directory, logFile));
    this.attempt = lines.filter((line) => line === 'attempt').length + 1;
    this.begun = new Set(lines.filter((line) => line !== 'attempt'));
    try {
      mkdirSync(this.directory, { recursive: true });
    } catch (cause) {
      throw storageError(cause, 'create', this.directory);
    }
    this.#log('attempt');
  }

  /** Facts from outside as an earlier attempt was told them. */
  readFacts(): Value | undefined {
    return readRecord(join(this.directory, factsFile)) as Value | undefined;
  }

  writeFacts(facts: unknown): void {
    writeRecord(join(this.directory, factsFile), facts);
  }

  readSources(): Value | undefined {
    return readRecord(join(this.directory, sourcesFile)) as Value | undefined;
  }

  writeSources(sources: unknown): void {
    writeRecord(join(this.directory, sourcesFile), sources);
  }

  readStages(): readonly StageRecord[] {
    return readStageRecords(this.directory);
  }

  writeStage(record: StageRecord): void {
    writeRecord(join(this.directory, `${record.key}${stageExtension}`), record);
  }

  unitFiles(): readonly string[] {
    return unitFilesIn(this.directory);
  }

  /** Takes note that a unit is being worked on: so that a later attempt can tell how much it has to do again. */
  begin(key: string): void {
    this.#log(key);
  }

  forget(file: string): void {
    rmSync(file, { force: true });
  }

  /** Forgets all units; what is known from outside stays. */
  clear(): void {
    for (const file of this.unitFiles()) this.forget(file);
    for (const { key } of this.readStages()) this.forgetStage(key);
  }

  forgetStage(key: string): void {
    this.forget(join(this.directory, `${key}${stageExtension}`));
  }

  #log(line: string): void {
    const file = join(this.directory, logFile);
    try {
      appendFileSync(file, `${line}\n`);
    } catch (cause) {
      throw storageError(cause, 'write', file);
    }
  }
}

export function unitFilesIn(directory: string): readonly string[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith(unitExtension))
    .sort()
    .map((name) => join(directory, name));
}

export function readStageRecords(directory: string): readonly StageRecord[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => name.endsWith(stageExtension))
    .flatMap((name) => {
      const record = readRecord(join(directory, name)) as StageRecord | undefined;
      return record !== undefined && basename(name, stageExtension) === record.key ? [record] : [];
    });
}

/** Something is damaged that can't be made again from what is left: the build starts anew. Never shown. */
export class JournalDamaged extends Error {
  constructor() {
    super('the journal is damaged');
    this.name = 'JournalDamaged';
  }
}

/** A line that was cut off by a kill is no key that anybody asks for. */
function readLog(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch {
    // There is none in a new journal.
    return [];
  }
}

function newestFile(directory: string): Date | undefined {
  if (!existsSync(directory)) return undefined;
  const times = readdirSync(directory).map(
    (name) => statSync(join(directory, name), { throwIfNoEntry: false })?.mtimeMs,
  );
  const newest = Math.max(...times.map((time) => time ?? 0), 0);
  return newest === 0 ? undefined : new Date(newest);
}
