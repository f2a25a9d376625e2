import { DatasetsError } from '../core/errors/index.js';
import type { SideInput } from './collection.js';
import type { SideInputForm } from './operation.js';

/** A side input in one thread: the engine binds it once its value lies in a file; the first `get` loads it. */
export class PipelineSideInput implements SideInput<never> {
  readonly kind = 'side-input';
  readonly name: string;
  /** Id of its node. */
  readonly node: number;
  readonly form: SideInputForm;
  #load: (() => unknown) | undefined;
  #value: { readonly value: unknown } | undefined;

  constructor(name: string, node: number, form: SideInputForm) {
    this.name = name;
    this.node = node;
    this.form = form;
  }

  get(): never {
    if (this.#value === undefined) {
      if (this.#load === undefined) {
        throw new DatasetsError('PIPELINE_INVALID', `the side input ${this.name} has no value here`, {
          hint: 'Call get() inside the function of a transform that is declared after the side input.',
          at: { transform: this.name },
        });
      }
      this.#value = { value: this.#load() };
    }
    return this.#value.value as never;
  }

  get isBound(): boolean {
    return this.#load !== undefined;
  }

  bind(load: () => unknown): void {
    this.#load = load;
    this.#value = undefined;
  }
}
