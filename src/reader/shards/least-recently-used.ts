/** Keeps the results of some asynchronous look-ups; of more than `limit` the one that was used longest ago goes. */
export class LeastRecentlyUsed<V> {
  readonly #limit: number;
  /** In the order of their last use: a Map keeps the order of insertion. */
  readonly #values = new Map<string, Promise<V>>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** A look-up that fails is not kept. */
  get(key: string, find: () => Promise<V>): Promise<V> {
    const known = this.#values.get(key);
    const value = known ?? find();
    this.#values.delete(key);
    this.#values.set(key, value);
    if (known === undefined) value.catch(() => this.#values.delete(key));
    const [oldest] = this.#values.keys();
    if (this.#values.size > this.#limit && oldest !== undefined) this.#values.delete(oldest);
    return value;
  }
}
