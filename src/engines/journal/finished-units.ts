import type { Plan, PlannedStage } from '../../pipeline/index.js';
import type { ShardResult } from '../../writers/index.js';
import { mergeResults } from '../task/merge-results.js';
import type { StageResult, UnitResume } from '../task/task.js';
import { isIntactRange, isIntactShard, type WrittenRange } from './intact-files.js';
import { type Journal, JournalDamaged, type StageRecord } from './journal.js';
import { readUnit, type UnitEntry, type UnitPart } from './unit-entry.js';

/** How many entries are checked at the same time: reading is what it takes. */
const concurrency = 4;

export interface FinishedUnitsOptions {
  readonly journal: Journal;
  readonly plan: Plan;
  /** Keys of the plan's stages, of its side inputs by node, and of the shards together. */
  readonly stageKeys: readonly string[];
  readonly sideInputKeys: ReadonlyMap<number, string>;
  readonly shardsKey: string;
  readonly workDirectory: string;
  readonly outputDirectory: string;
}

interface PartOf<K extends UnitPart['kind']> {
  readonly part: Extract<UnitPart, { kind: K }>;
  readonly result: StageResult;
  /** The entry's file. */
  readonly file: string;
}

/** What earlier attempts at a build have finished, after a check of every file that is still needed. */
export class FinishedUnits {
  readonly #options: FinishedUnitsOptions;
  readonly #ended = new Map<string, StageRecord>();
  readonly #units = new Map<string, StageResult>();
  readonly #generators = new Map<string, PartOf<'generator'>[]>();
  readonly #fanOuts = new Map<string, PartOf<'fanOut'>[]>();
  readonly #sideInputs = new Map<string, WrittenRange>();
  readonly #shards = new Map<string, ShardResult>();
  readonly #countByStage = new Map<string, number>();

  private constructor(options: FinishedUnitsOptions) {
    this.#options = options;
  }

  /**
   * Reads the journal. What is damaged, or belongs to another build, is forgotten.
   *
   * @throws JournalDamaged when something is damaged whose input is gone: then all has to be done again.
   */
  static async read(options: FinishedUnitsOptions): Promise<FinishedUnits> {
    const units = new FinishedUnits(options);
    await units.#read();
    return units;
  }

  /** Whether all of a stage was made; then what it read may be gone. */
  isEnded(stageKey: string): boolean {
    return this.#ended.has(stageKey);
  }

  /** How many units of a stage there are, for those who look on. */
  countOf(stageKey: string): number {
    return this.#countByStage.get(stageKey) ?? 0;
  }

  unit(key: string): StageResult | undefined {
    return this.#units.get(key);
  }

  shard(key: string): ShardResult | undefined {
    return this.#shards.get(key);
  }

  sideInput(key: string): WrittenRange | undefined {
    return this.#sideInputs.get(key);
  }

  /** What there is of a generator, and where it goes on; `resume` is undefined when it had ended. */
  generator(key: string): { readonly result: StageResult; readonly resume: UnitResume | undefined } | undefined {
    const parts = this.#generators.get(key);
    const last = parts?.at(-1);
    if (parts === undefined || last === undefined) return undefined;
    const result = mergeResults(parts.map((part) => part.result));
    if (last.part.last) return { result, resume: undefined };
    const batches: Record<number, number> = {};
    for (const { output, bytes } of result.fanOuts) batches[output] = (batches[output] ?? 0) + bytes.length;
    const examples: Record<string, number> = {};
    for (const { split, rows } of result.runs) examples[split] = (examples[split] ?? 0) + rows;
    const { number, consumed, lastKey } = last.part;
    return { result, resume: { part: number + 1, consumed, lastKey, batches, examples } };
  }

  /** What there is of a fan-out's stage, with the batches it holds by the unit that made them. */
  fanOut(key: string): {
    readonly results: readonly StageResult[];
    readonly done: ReadonlyMap<string, ReadonlySet<number>>;
  } {
    const parts = this.#fanOuts.get(key) ?? [];
    const done = new Map<string, Set<number>>();
    for (const { part } of parts) {
      for (const { unit, indexes } of part.batches) {
        const known = done.get(unit) ?? new Set();
        for (const index of indexes) known.add(index);
        done.set(unit, known);
      }
    }
    return { results: parts.map((part) => part.result), done };
  }

  /** Every file that some unit holds. */
  files(): ReadonlySet<string> {
    const parts = [...this.#generators.values(), ...this.#fanOuts.values()].flat();
    const results = [...this.#units.values(), ...parts.map((part) => part.result)];
    return new Set([
      ...results.flatMap(filesOfStage),
      ...[...this.#sideInputs.values()].map(({ file }) => file),
      ...[...this.#shards.values()].flatMap((shard) => shard.files.map(({ path }) => path)),
    ]);
  }

  async #read(): Promise<void> {
    const { journal, shardsKey, stageKeys, workDirectory, outputDirectory } = this.#options;
    const known = new Set([...stageKeys, shardsKey]);
    for (const record of journal.readStages()) {
      if (!known.has(record.key)) journal.forgetStage(record.key);
      else if (record.ended !== null) this.#ended.set(record.key, record);
    }
    const rootOf = (result: { readonly kind: string }) => (result.kind === 'encode' ? outputDirectory : workDirectory);
    const entries = journal.unitFiles().map((file) => ({ file, entry: readUnit(file, rootOf) }));
    // What side inputs there are decides which files of the stages are still needed.
    const isSideInput = ({ entry }: { readonly entry: UnitEntry | undefined }) => entry?.result.kind === 'sideInput';
    await this.#check(entries.filter(isSideInput));
    await this.#check(entries.filter((each) => !isSideInput(each)));
    this.#keepWholeGenerators();
    this.#checkEndedFanOuts();
  }

  async #check(entries: readonly { readonly file: string; readonly entry: UnitEntry | undefined }[]): Promise<void> {
    for (let from = 0; from < entries.length; from += concurrency) {
      await Promise.all(
        entries.slice(from, from + concurrency).map(({ file, entry }) => this.#checkEntry(file, entry)),
      );
    }
  }

  async #checkEntry(file: string, entry: UnitEntry | undefined): Promise<void> {
    const { journal, plan, stageKeys } = this.#options;
    if (entry !== undefined && (await this.#isIntact(entry))) {
      this.#add(entry, file);
      return;
    }
    journal.forget(file);
    const stage = entry === undefined ? undefined : plan.stages[stageKeys.indexOf(entry.stage)];
    if (entry === undefined || stage === undefined || stage.root.kind === 'source') return;
    if (this.isEnded(entry.stage)) throw new JournalDamaged();
  }

  async #isIntact({ stage, key, result }: UnitEntry): Promise<boolean> {
    const { plan, stageKeys, sideInputKeys, shardsKey } = this.#options;
    switch (result.kind) {
      case 'sideInput':
        return [...sideInputKeys.values()].includes(key) && (await isIntactRange(result.file));
      case 'encode': {
        if (stage !== shardsKey) return false;
        const checks = await Promise.all(result.shard.files.map(isIntactShard));
        return checks.every(Boolean);
      }
      case 'stage': {
        const planned = plan.stages[stageKeys.indexOf(stage)];
        if (planned === undefined) return false;
        const needed = [
          ...result.runs.filter(({ rows }) => rows > 0),
          ...result.outputs
            .filter(({ output, run }) => run.bytes > 0 && this.#isNeeded(planned, output))
            .map(({ run }) => run),
          ...(result.badRows === undefined ? [] : [result.badRows]),
        ];
        for (const { file, bytes, crc32 } of needed) {
          if (!(await isIntactRange({ file, offset: 0, bytes, crc32 }))) return false;
        }
        return true;
      }
    }
  }

  /** Whether somebody still has to read what a stage wrote. */
  #isNeeded(stage: PlannedStage, output: number): boolean {
    const { plan, stageKeys, sideInputKeys } = this.#options;
    const target = stage.outputs[output];
    if (target === undefined || target.kind === 'split') return true;
    if (target.kind === 'sideInput') return !this.#sideInputs.has(sideInputKeys.get(target.node) ?? '');
    return plan.stages.some(
      ({ root }, reader) =>
        root.kind === target.kind && root.node === target.node && !this.isEnded(stageKeys[reader] ?? ''),
    );
  }

  #add({ key, stage, part, result }: UnitEntry, file: string): void {
    this.#countByStage.set(stage, this.countOf(stage) + 1);
    if (result.kind === 'sideInput') this.#sideInputs.set(key, result.file);
    else if (result.kind === 'encode') this.#shards.set(key, result.shard);
    else if (part === undefined) this.#units.set(key, result);
    else if (part.kind === 'generator') addTo(this.#generators, key, { part, result, file });
    else addTo(this.#fanOuts, key, { part, result, file });
  }

  /** Parts of a generator count up to the first that is missing: those after it begin where it ended. */
  #keepWholeGenerators(): void {
    for (const [key, parts] of this.#generators) {
      const inOrder = parts.sort((a, b) => a.part.number - b.part.number);
      const gap = inOrder.findIndex(({ part }, number) => part.number !== number);
      const whole = gap === -1 ? inOrder.length : gap;
      for (const { file } of inOrder.slice(whole)) this.#options.journal.forget(file);
      this.#generators.set(key, inOrder.slice(0, whole));
    }
  }

  /** The batches of a fan-out that has ended may be gone: then all of its parts must be there. */
  #checkEndedFanOuts(): void {
    const { plan, stageKeys } = this.#options;
    for (const [index, { root }] of plan.stages.entries()) {
      const ended = this.#ended.get(stageKeys[index] ?? '')?.ended;
      if (root.kind === 'fanOut' && ended && this.countOf(stageKeys[index] ?? '') !== ended.units)
        throw new JournalDamaged();
    }
  }
}

function addTo<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function filesOfStage({ runs, outputs, fanOuts, badRows }: StageResult): readonly string[] {
  const bad = badRows === undefined ? [] : [badRows];
  return [...runs, ...outputs.map(({ run }) => run), ...fanOuts, ...bad].map(({ file }) => file);
}
