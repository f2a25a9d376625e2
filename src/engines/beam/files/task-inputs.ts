import { internalError } from '../../../core/errors/index.js';
import type { RecordSlice } from '../../shuffle/index.js';
import type { StageUnit, Task } from '../../task/task.js';

/** A part of a file that a task reads. */
export type InputSlice = Pick<RecordSlice, 'file' | 'offset' | 'bytes'>;

/** Every part of a spill file that a task reads, in the order in which it does. */
export function slicesOfTask(task: Task): readonly InputSlice[] {
  switch (task.kind) {
    case 'stage':
      return slicesOfUnit(task.unit);
    case 'sideInput':
      return task.slices;
    case 'encode':
      return task.shard.input;
  }
}

function slicesOfUnit(unit: StageUnit): readonly InputSlice[] {
  switch (unit.kind) {
    case 'shard':
    case 'whole':
      return [];
    case 'partitions':
      return unit.partitions.flat();
    case 'relay':
      return unit.slices;
    case 'batches':
      return unit.batches;
    case 'fanOut':
      throw queueInMemory();
  }
}

/** The task with other slices in their place. */
export function withSlices(task: Task, move: <S extends InputSlice>(slice: S) => S): Task {
  switch (task.kind) {
    case 'stage':
      return { ...task, unit: unitWithSlices(task.unit, move) };
    case 'sideInput':
      return { ...task, slices: task.slices.map(move) };
    case 'encode':
      return { ...task, shard: { ...task.shard, input: task.shard.input.map(move) } };
  }
}

function unitWithSlices(unit: StageUnit, move: <S extends InputSlice>(slice: S) => S): StageUnit {
  switch (unit.kind) {
    case 'shard':
    case 'whole':
      return unit;
    case 'partitions':
      return { ...unit, partitions: unit.partitions.map((slices) => slices.map(move)) };
    case 'relay':
      return { ...unit, slices: unit.slices.map(move) };
    case 'batches':
      return { ...unit, batches: unit.batches.map(move) };
    case 'fanOut':
      throw queueInMemory();
  }
}

/** Machines have no memory in common: batches of a fan-out are dealt when all are written. */
function queueInMemory() {
  return internalError('a fan-out is dealt through the memory of one process');
}
