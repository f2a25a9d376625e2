/** What a run may be billed. Nothing begins that could exceed it. */
export class Budget {
  readonly #most: number | undefined;
  #reserved = 0;
  #spent = 0;
  #isExhausted = false;

  /** @param most bytes; undefined for as many as it takes */
  constructor(most: number | undefined) {
    this.#most = most;
  }

  get spentBytes(): number {
    return this.#spent;
  }

  /**
   * Sets bytes aside for a build. Once one was refused, all others are that would be billed: which builds there are must not depend on how many bytes are left over.
   *
   * @param bytes the most that it can be billed; undefined where nobody can say, which fits into no budget
   */
  reserve(bytes: number | undefined): boolean {
    if (this.#most === undefined || bytes === 0) return true;
    if (this.#isExhausted || bytes === undefined || this.#spent + this.#reserved + bytes > this.#most) {
      this.#isExhausted = true;
      return false;
    }
    this.#reserved += bytes;
    return true;
  }

  /** Puts what was billed in the place of what was set aside. */
  settle(reserved: number | undefined, billed: number): void {
    if (this.#most !== undefined) this.#reserved -= reserved ?? 0;
    this.#spent += billed;
  }
}
