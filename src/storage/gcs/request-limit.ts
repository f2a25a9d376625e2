/** Lets a bounded number of requests, or of longer work, run at once; the others wait in the order in which they came. */
export class RequestLimit {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(parallelRequests: number) {
    this.#free = parallelRequests;
  }

  async run<T>(request: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await request();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}
