import { basename, dirname } from 'node:path';
import { internalError } from '../../core/errors/index.js';
import type { GraphNode, PlannedStage } from '../../pipeline/index.js';
import { columnsReader, type Source, type SourceContext, type SourceShard } from '../../sources/index.js';
import { compileStage } from '../stage/compile-stage.js';
import { TaskContext } from '../stage/task-context.js';
import { BadRowCollector, TooManyBadRows } from './bad-row-collector.js';
import { CellRouter } from './cell-router.js';
import { columnRoute } from './column-route.js';
import { Meter } from './meter.js';
import type { PreparedJob } from './prepared-job.js';
import { readGenerator } from './read-generator.js';
import { readBatches, readFanOut, readRelay } from './read-records.js';
import { readShuffle } from './read-shuffle.js';
import { type Reading, readCreated, readShard, readShardByColumns } from './read-source.js';
import { StageOutputs } from './stage-outputs.js';
import type { JoinReport, StageResult, StageTask, StageUnit } from './task.js';
import type { TaskControl } from './task-control.js';
import { TaskParts } from './task-parts.js';

/** Runs one unit of a stage to its end; when it fails, its files are gone. */
export async function runStageTask(
  prepared: PreparedJob,
  task: StageTask,
  control: TaskControl,
  signal: AbortSignal,
): Promise<StageResult> {
  const stage = prepared.plan.stages[task.stage];
  if (stage === undefined) throw internalError(`the plan has no stage ${task.stage}`);
  takeCounters(prepared);
  const context = new TaskContext({ showKey: (key) => prepared.showKey(key), isAborted: () => control.isStopped });
  const resources = await setUpResources(prepared, stage);
  const outputs = new StageOutputs(prepared, stage, task, context);
  const meter = new Meter(control, task.stage, context);
  const badRows = badRowsOf(prepared, stage, task);
  const take = (join?: JoinReport): StageResult => ({
    kind: 'stage',
    rows: meter.takeRows(),
    ...outputs.take(),
    counters: takeCounters(prepared),
    join,
    badRows: badRows?.finish(),
  });
  const parts = partsOf(prepared, stage, task, context, take);
  try {
    const push = compileStage({ stage, graph: prepared.graph, context, outputs: outputs.pushes, resources });
    const sourceContext = { ...prepared.sourceContext, signal, ...takingBadRows(badRows, control, task.stage) };
    const reading = { push, context, meter, parts };
    const join = await readUnit({ ...prepared, sourceContext }, stage, task, outputs, reading);
    outputs.finish();
    return parts === undefined ? take(join) : parts.finish();
  } catch (error) {
    context.close();
    outputs.abort();
    badRows?.abort();
    throw error;
  }
}

function badRowsOf(prepared: PreparedJob, stage: PlannedStage, task: StageTask): BadRowCollector | undefined {
  const operation = prepared.graph.operations[stage.root.node];
  if (operation?.kind !== 'read' || task.unit.kind !== 'shard') return undefined;
  const limit = operation.source.maxBadRows;
  if (limit === undefined) return undefined;
  const keepsRows = limit.keepRows !== false && !prepared.isPrivate;
  return new BadRowCollector({ file: `${task.filePrefix}-bad-rows`, limit, keepsRows });
}

function takingBadRows(
  collector: BadRowCollector | undefined,
  control: TaskControl,
  stage: number,
): Pick<SourceContext, 'onBadRow'> {
  if (collector === undefined) return {};
  return {
    onBadRow(row) {
      control.addBadRows(stage, row.rows);
      collector.take(row);
    },
  };
}

/** Parts, for units that may be as long as the build: a generator, and what a worker gets of a fan-out. */
function partsOf(
  prepared: PreparedJob,
  stage: PlannedStage,
  { unit, journal, resume, filePrefix }: StageTask,
  context: TaskContext,
  take: () => StageResult,
): TaskParts | undefined {
  if (journal === undefined || !isKeptInParts(prepared, stage, unit)) return undefined;
  return new TaskParts({
    journal,
    name: basename(filePrefix),
    firstPart: resume?.part ?? 0,
    context,
    take,
    forget: () => takeCounters(prepared),
  });
}

export function isKeptInParts({ graph }: PreparedJob, { root }: PlannedStage, unit: StageUnit): boolean {
  return unit.kind === 'fanOut' || (unit.kind === 'whole' && graph.operations[root.node]?.kind === 'generate');
}

async function readUnit(
  prepared: PreparedJob,
  stage: PlannedStage,
  { unit, filePrefix, resume }: StageTask,
  outputs: StageOutputs,
  reading: Reading,
): Promise<JoinReport | undefined> {
  const { graph } = prepared;
  const node = graph.nodes[stage.root.node] as GraphNode;
  const operation = graph.operations[node.id];
  if (operation === undefined) throw internalError(`${node.name} has no operation`);
  if (unit.kind === 'partitions') {
    return readShuffle(
      {
        node,
        operation,
        combined: prepared.plan.stages.some((other) =>
          other.outputs.some((output) => output.kind === 'shuffle' && output.node === node.id && output.combine),
        ),
        partitions: unit.partitions,
        bufferBytes: prepared.job.bufferBytes,
        directory: dirname(filePrefix),
        name: basename(filePrefix),
      },
      reading,
    );
  }
  if (unit.kind === 'relay') await readRelay(node, unit.slices, reading);
  else if (unit.kind === 'fanOut') await readFanOut(node, unit.shared, unit.producers, reading);
  else if (unit.kind === 'batches') await readBatches(node, unit.batches, reading);
  else if (operation.kind === 'read' && unit.kind === 'shard')
    await readTolerantly(prepared, stage, operation.source, unit.shard, outputs, reading);
  else if (operation.kind === 'generate') await readGenerator(node, operation.fn, resume, reading);
  else if (operation.kind === 'create') await readCreated(node, operation.encoded, reading);
  else throw internalError(`${node.name} can't be read as ${unit.kind}`);
  return undefined;
}

/** A shard with more bad rows than the whole source may have is read no further: the build fails when all of its shards are counted. */
async function readTolerantly(
  { graph, sourceContext }: PreparedJob,
  stage: PlannedStage,
  source: Source<unknown>,
  shard: SourceShard,
  outputs: StageOutputs,
  reading: Reading,
): Promise<void> {
  const readColumns = columnsReader(source);
  const route = readColumns === undefined ? undefined : columnRoute(stage, graph);
  try {
    if (readColumns === undefined || route === undefined) await readShard(source, shard, sourceContext, reading);
    else {
      const router = new CellRouter(route, (output) => outputs.splitOf(output));
      await readShardByColumns(readColumns, shard, sourceContext, router, reading);
    }
  } catch (error) {
    if (!(error instanceof TooManyBadRows)) throw error;
    await reading.context.endOfUnit();
  }
}

async function setUpResources(prepared: PreparedJob, stage: PlannedStage): Promise<ReadonlyMap<number, unknown>> {
  const resources = new Map<number, unknown>();
  for (const step of stage.steps) {
    const operation = prepared.graph.operations[step.node];
    const node = prepared.graph.nodes[step.node];
    if (operation?.kind === 'withResource' && node !== undefined) {
      resources.set(node.id, await prepared.resources.get(node, operation.resource));
    }
  }
  return resources;
}

/** What the author's counters hold, which then are 0 again. */
function takeCounters(prepared: PreparedJob): Record<string, number> {
  const counters: Record<string, number> = {};
  for (const counter of prepared.graph.counters.values()) counters[counter.name] = counter.take();
  return counters;
}
