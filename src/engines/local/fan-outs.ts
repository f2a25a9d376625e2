import { internalError } from '../../core/errors/index.js';
import type { Plan } from '../../pipeline/index.js';
import { FanOutQueue } from '../task/fan-out-queue.js';
import type { FanOutProducer, FanOutTarget, StageUnit, WrittenBatches } from '../task/task.js';

/** The queue of one fanOut, and those who feed it. */
interface FanOut {
  readonly queue: FanOutQueue;
  readonly producers: FanOutProducer[];
  /** Stages that still have to feed it. */
  feeding: number;
  /** Batches that an earlier attempt worked on, by the unit that made them. */
  done: ReadonlyMap<string, ReadonlySet<number>>;
}

/** The queues of all fanOuts of a plan. */
export class FanOuts {
  readonly #byNode = new Map<number, FanOut>();

  constructor(plan: Plan) {
    for (const { root } of plan.stages) {
      if (root.kind !== 'fanOut') continue;
      const feeders = plan.stages.filter((stage) =>
        stage.outputs.some((output) => output.kind === 'fanOut' && output.node === root.node),
      );
      this.#byNode.set(root.node, {
        queue: FanOutQueue.create(),
        producers: [],
        feeding: feeders.length,
        done: new Map(),
      });
    }
  }

  /** Tells what need not be offered. Before any producer is added. */
  setDone(node: number, done: ReadonlyMap<string, ReadonlySet<number>>): void {
    this.#of(node).done = done;
  }

  /** Registers a unit that writes batches to a file; returns what its task is told. */
  addProducer(node: number, producer: FanOutProducer): FanOutTarget {
    const fanOut = this.#of(node);
    fanOut.producers.push(producer);
    const done = Uint32Array.from(fanOut.done.get(producer.unit) ?? []).sort();
    return { node, shared: fanOut.queue.shared, producer: fanOut.producers.length - 1, done };
  }

  /** The batches of an earlier attempt that nobody has worked on yet. */
  undone(node: number, unit: string, written: WrittenBatches): readonly UndoneBatch[] {
    const done = this.#of(node).done.get(unit);
    const batches: UndoneBatch[] = [];
    let offset = written.offset;
    for (const [i, bytes] of written.bytes.entries()) {
      const index = written.first + i;
      if (done?.has(index) !== true) batches.push({ index, offset, bytes, crc32: written.crc32[i] as number });
      offset += bytes;
    }
    return batches;
  }

  /** Offers batches that an earlier attempt wrote. */
  offer(node: number, producer: FanOutProducer, batches: readonly UndoneBatch[]): void {
    if (batches.length === 0) return;
    const { producer: number } = this.addProducer(node, producer);
    const { queue } = this.#of(node);
    for (const { index, offset, bytes } of batches) queue.publish({ producer: number, index, offset, bytes });
  }

  /** One stage has fed all that it will; the queue closes after the last. */
  stageEnded(node: number): void {
    const fanOut = this.#of(node);
    fanOut.feeding--;
    if (fanOut.feeding === 0) fanOut.queue.close();
  }

  consumer(node: number): Extract<StageUnit, { kind: 'fanOut' }> {
    const { queue, producers } = this.#of(node);
    return { kind: 'fanOut', shared: queue.shared, producers };
  }

  #of(node: number): FanOut {
    const fanOut = this.#byNode.get(node);
    if (fanOut === undefined) throw internalError(`node ${node} is no fanOut of the plan`);
    return fanOut;
  }
}

export interface UndoneBatch {
  readonly index: number;
  readonly offset: number;
  readonly bytes: number;
  readonly crc32: number;
}
