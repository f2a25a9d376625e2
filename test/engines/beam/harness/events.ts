/** Things that happen, to be waited for. */
export class Events<Event> {
  readonly all: Event[] = [];
  #waiting: (() => void)[] = [];

  add(event: Event): void {
    this.all.push(event);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  /** The first that fits, when it comes. */
  async find(fits: (event: Event) => boolean): Promise<Event> {
    for (;;) {
      const found = this.all.find(fits);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** The last one, when there is one. */
  async latest(): Promise<Event> {
    await this.find(() => true);
    const latest = this.all.at(-1);
    if (latest === undefined) throw new RangeError('nothing has happened');
    return latest;
  }

  /** Resolves when there are so many. */
  async reach(count: number): Promise<void> {
    while (this.all.length < count) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
