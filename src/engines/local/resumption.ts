import { readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { PlannedStage } from '../../pipeline/index.js';
import type { ShardResult } from '../../writers/index.js';
import type { ResumedStage, ResumedWork, UnitCounts } from '../engine.js';
import type { WaitingShard } from '../gather/write-shards.js';
import { FinishedUnits } from '../journal/finished-units.js';
import type { WrittenRange } from '../journal/intact-files.js';
import { type Journal, JournalDamaged, journalFolder, type StageRecord } from '../journal/journal.js';
import { SourceStates } from '../journal/source-states.js';
import type { UnitJournal } from '../journal/unit-entry.js';
import { shardKey, shardsKey, sideInputKey, stageKeys, unitKey } from '../journal/unit-keys.js';
import { type PreparedJob, stagedFolder } from '../task/prepared-job.js';
import type { StageResult, StageUnit, UnitResume } from '../task/task.js';

/** What is known of a unit before it is run. */
export interface KnownUnit {
  /** What there is of it. */
  readonly result: StageResult;
  /** Where it goes on; undefined when it is finished. */
  readonly resume: UnitResume | undefined;
}

/** How a build goes on from what earlier attempts have finished, and keeps note of what it finishes itself. */
export class Resumption {
  readonly sources: SourceStates;
  readonly #prepared: PreparedJob;
  readonly #journal: Journal;
  readonly #finished: FinishedUnits;
  readonly #stageKeys: readonly string[];
  readonly #sideInputKeys: ReadonlyMap<number, string>;
  readonly #shardsKey: string;
  #reused = 0;
  #run = 0;
  #redone = 0;

  private constructor(
    prepared: PreparedJob,
    journal: Journal,
    sources: SourceStates,
    keys: ReturnType<typeof keysOf>,
    finished: FinishedUnits,
  ) {
    this.sources = sources;
    this.#prepared = prepared;
    this.#journal = journal;
    this.#finished = finished;
    this.#stageKeys = keys.stageKeys;
    this.#sideInputKeys = keys.sideInputKeys;
    this.#shardsKey = keys.shardsKey;
  }

  /** @throws JournalDamaged when all has to be done again. */
  static async open(prepared: PreparedJob, journal: Journal, identity: string): Promise<Resumption> {
    const { graph, plan, job, sourceContext } = prepared;
    const sources = await SourceStates.look(graph, plan, sourceContext, journal);
    const keys = keysOf(prepared, identity, sources);
    const { workDirectory, outputDirectory } = job;
    const finished = await FinishedUnits.read({ journal, plan, ...keys, workDirectory, outputDirectory });
    const resumption = new Resumption(prepared, journal, sources, keys, finished);
    removeOthers(workDirectory, finished.files(), [journalFolder, stagedFolder]);
    return resumption;
  }

  get counts(): UnitCounts {
    return { reused: this.#reused, run: this.#run, redone: this.#redone };
  }

  /** What an earlier attempt has left; undefined when this is the first one. */
  get resumed(): ResumedWork | undefined {
    const { lastNoted, attempt } = this.#journal;
    if (attempt === 1 || lastNoted === undefined) return undefined;
    const stages = this.#journal.readStages().map(({ key, index, name, tasks, ended }): ResumedStage => {
      const kind = this.#prepared.plan.stages[index]?.root.kind ?? 'shards';
      const done = ended === null ? Math.min(tasks, this.#finished.countOf(key)) : tasks;
      return { stage: name, kind, done: kind === 'shards' ? this.#finished.countOf(key) : done, tasks };
    });
    return { stoppedAt: lastNoted, stages };
  }

  /** The key of a unit of a stage. */
  unitKey(stage: PlannedStage, unit: StageUnit): string {
    return unitKey(this.#keyOf(stage), unit);
  }

  /** Names in the work directory that belong to a unit; a fan-out's are of this attempt alone. */
  fileName(stage: PlannedStage, unit: StageUnit, task: number): string {
    const name = `stage${this.#indexOf(stage)}-${this.unitKey(stage, unit).slice(0, 16)}`;
    return unit.kind === 'fanOut' ? `${name}-try${this.#journal.attempt}-worker${task}` : name;
  }

  /** Where tasks of a stage take note of their units; undefined for what chance dealt out twice, which no key can name. */
  journalOf(stage: PlannedStage, unit: StageUnit): UnitJournal | undefined {
    if (unit.kind === 'fanOut' && !this.#isDealtOnce(stage)) return undefined;
    const { directory } = this.#journal;
    const root = this.#prepared.job.workDirectory;
    return { directory, root, key: this.unitKey(stage, unit), stage: this.#keyOf(stage) };
  }

  /** What there is of a unit that has a key of its own. */
  find(stage: PlannedStage, unit: StageUnit): KnownUnit | undefined {
    const key = this.unitKey(stage, unit);
    const result = this.#finished.unit(key);
    const known = result === undefined ? this.#finished.generator(key) : { result, resume: undefined };
    if (known === undefined && unit.kind !== 'fanOut' && stage.root.kind !== 'source' && this.isEnded(stage)) {
      throw new JournalDamaged();
    }
    if (known !== undefined) this.#reused++;
    return known;
  }

  /** What there is of a fan-out's stage, which no single task has made. */
  findFanOut(stage: PlannedStage): readonly StageResult[] {
    const { results } = this.#finished.fanOut(this.#fanOutKey(stage));
    this.#reused += results.length;
    return results;
  }

  /** Batches of a fan-out that were worked on, by the unit that made them. */
  doneBatches(stage: PlannedStage): ReadonlyMap<string, ReadonlySet<number>> {
    return this.#finished.fanOut(this.#fanOutKey(stage)).done;
  }

  isEnded(stage: PlannedStage): boolean {
    return this.#finished.isEnded(this.#keyOf(stage));
  }

  stageBegins(stage: PlannedStage, tasks: number): void {
    if (this.isEnded(stage)) return;
    // What a worker had of a fan-out and did not finish is dealt to others, however many they are now.
    const isDealt = stage.root.kind === 'fanOut';
    if (isDealt)
      this.#redone += [...this.#journal.begun].filter((key) => key.startsWith(`${this.#fanOutKey(stage)}#`)).length;
    this.#writeStage(stage, tasks, null);
  }

  stageEnds(stage: PlannedStage, tasks: number): void {
    if (this.isEnded(stage)) return;
    if (stage.root.kind === 'fanOut' && !this.#isDealtOnce(stage)) return;
    const prefix = `stage${this.#indexOf(stage)}-`;
    const units = this.#journal.unitFiles().filter((file) => basename(file).startsWith(prefix)).length;
    this.#writeStage(stage, tasks, { units });
  }

  #writeStage(stage: PlannedStage, tasks: number, ended: StageRecord['ended']): void {
    const { name, root } = stage;
    const [key, index] = [this.#keyOf(stage), this.#indexOf(stage)];
    this.#journal.writeStage({ name, key, index, tasks, source: root.kind === 'source', ended });
  }

  /** A task starts to work on a unit. */
  unitBegins(key: string): void {
    this.#run++;
    if (this.#journal.begun.has(key)) this.#redone++;
    this.#journal.begin(key);
  }

  /** A worker, of whatever number, begins to take batches of a fan-out. */
  dealingBegins(key: string, worker: number): void {
    this.#run++;
    this.#journal.begin(`${key}#${worker}`);
  }

  sideInput(node: number): { readonly known: WrittenRange | undefined; readonly journal: UnitJournal } {
    const key = this.#sideInputKeys.get(node) ?? '';
    const known = this.#finished.sideInput(key);
    if (known !== undefined) this.#reused++;
    const { directory } = this.#journal;
    return { known, journal: { directory, root: this.#prepared.job.workDirectory, key, stage: key } };
  }

  /** What there is of the shards; whatever else lies where they are written is removed. */
  findShards(tasks: readonly WaitingShard[]): readonly (ShardResult | undefined)[] {
    const found = tasks.map((task) => this.#finished.shard(shardKey(this.#shardsKey, task)));
    const files = found.flatMap((shard) => shard?.files.map(({ path }) => path) ?? []);
    removeOthers(this.#prepared.job.outputDirectory, new Set(files), []);
    this.#reused += found.filter((shard) => shard !== undefined).length;
    this.#journal.writeStage({
      name: 'shards',
      key: this.#shardsKey,
      index: this.#stageKeys.length,
      tasks: tasks.length,
      source: false,
      ended: null,
    });
    return found;
  }

  shardJournal(task: WaitingShard): UnitJournal {
    const { directory } = this.#journal;
    const root = this.#prepared.job.outputDirectory;
    return { directory, root, key: shardKey(this.#shardsKey, task), stage: this.#shardsKey };
  }

  #fanOutKey(stage: PlannedStage): string {
    return unitKey(this.#keyOf(stage), { kind: 'fanOut', shared: new SharedArrayBuffer(0), producers: [] });
  }

  #indexOf(stage: PlannedStage): number {
    return this.#prepared.plan.stages.indexOf(stage);
  }

  #keyOf(stage: PlannedStage): string {
    return this.#stageKeys[this.#indexOf(stage)] ?? '';
  }

  /** Whether the batches that a fan-out's stage works on, and those it makes, are functions of the source. */
  #isDealtOnce({ root, outputs }: PlannedStage): boolean {
    const { stages } = this.#prepared.plan;
    const chained = stages.some(
      (feeder) =>
        feeder.root.kind === 'fanOut' &&
        feeder.outputs.some((output) => output.kind === 'fanOut' && output.node === root.node),
    );
    return !chained && outputs.every((output) => output.kind !== 'fanOut');
  }
}

function keysOf({ graph, plan }: PreparedJob, identity: string, sources: SourceStates) {
  const keys = stageKeys(identity, graph, plan, sources.ids);
  const sideInputKeys = new Map<number, string>();
  for (const stage of plan.stages) {
    for (const output of stage.outputs) {
      if (output.kind !== 'sideInput') continue;
      const feeders = keys.filter((_, index) =>
        plan.stages[index]?.outputs.some((other) => other.kind === 'sideInput' && other.node === output.node),
      );
      sideInputKeys.set(output.node, sideInputKey(feeders, output.node, output.form));
    }
  }
  return { stageKeys: keys, sideInputKeys, shardsKey: shardsKey(keys) };
}

/** Removes every file below a directory that is not among those to keep: what was half written. */
function removeOthers(directory: string, files: ReadonlySet<string>, keep: readonly string[]): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (keep.includes(entry.name)) continue;
    if (entry.isDirectory()) removeOthers(path, files, []);
    else if (!files.has(path)) rmSync(path, { force: true });
  }
}
