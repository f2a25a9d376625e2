import { DatasetsError } from '../core/errors/index.js';
import type { Counter } from './collection.js';

/** A counter in one thread. The engine takes what it holds after each task and adds it up. */
export class PipelineCounter implements Counter {
  readonly name: string;
  #amount = 0;

  constructor(name: string) {
    this.name = name;
  }

  add(amount = 1): void {
    if (!Number.isSafeInteger(amount)) {
      throw new DatasetsError('PIPELINE_INVALID', `the counter ${this.name} can't add ${String(amount)}`, {
        hint: 'Counters add whole numbers: a sum of fractions would depend on the order of the workers.',
      });
    }
    this.#amount += amount;
  }

  /** What was added since the last call. */
  take(): number {
    const amount = this.#amount;
    this.#amount = 0;
    return amount;
  }
}
