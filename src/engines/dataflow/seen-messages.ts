import type { JobMessage } from '../beam/job/submitter.js';

/** Which messages were told already: Dataflow is asked for those from a time on, and gives those of that very moment again. */
export class SeenMessages {
  #since: Date | undefined;
  #atThatTime = new Set<string>();

  /** The time of the latest message, from which on to ask. */
  get since(): Date | undefined {
    return this.#since;
  }

  /** Those of a reply that are new, which are taken for told. */
  take(messages: readonly JobMessage[]): readonly JobMessage[] {
    return messages.filter((message) => this.#isNew(message));
  }

  #isNew({ time, importance, text }: JobMessage): boolean {
    // The question was for those from that time on.
    if (time !== undefined && (this.#since === undefined || time > this.#since)) {
      this.#since = time;
      this.#atThatTime.clear();
    }
    const key = `${importance} ${text}`;
    if (this.#atThatTime.has(key)) return false;
    this.#atThatTime.add(key);
    return true;
  }
}
