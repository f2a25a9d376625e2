import { internalError } from '../../core/errors/index.js';
import type { Plan } from '../../pipeline/index.js';
import { FanOutQueue } from '../task/fan-out-queue.js';

/** The queue of one fanOut, and the files of those who feed it. */
interface FanOut {
  readonly queue: FanOutQueue;
  readonly files: string[];
  /** Stages that still have to feed it. */
  producers: number;
}

/** The queues of all fanOuts of a plan. */
export class FanOuts {
  readonly #byNode = new Map<number, FanOut>();

  constructor(plan: Plan) {
    for (const { root } of plan.stages) {
      if (root.kind !== 'fanOut') continue;
      const producers = plan.stages.filter((stage) =>
        stage.outputs.some((output) => output.kind === 'fanOut' && output.node === root.node),
      );
      this.#byNode.set(root.node, { queue: FanOutQueue.create(), files: [], producers: producers.length });
    }
  }

  /** Registers a producer's file; returns what its task is told. */
  addProducer(
    node: number,
    file: string,
  ): { readonly node: number; readonly shared: SharedArrayBuffer; readonly producer: number } {
    const fanOut = this.#of(node);
    fanOut.files.push(file);
    return { node, shared: fanOut.queue.shared, producer: fanOut.files.length - 1 };
  }

  /** One stage has fed all that it will; the queue closes after the last. */
  producerEnded(node: number): void {
    const fanOut = this.#of(node);
    fanOut.producers--;
    if (fanOut.producers === 0) fanOut.queue.close();
  }

  consumer(node: number): { readonly shared: SharedArrayBuffer; readonly files: readonly string[] } {
    const { queue, files } = this.#of(node);
    return { shared: queue.shared, files };
  }

  #of(node: number): FanOut {
    const fanOut = this.#byNode.get(node);
    if (fanOut === undefined) throw internalError(`node ${node} is no fanOut of the plan`);
    return fanOut;
  }
}
