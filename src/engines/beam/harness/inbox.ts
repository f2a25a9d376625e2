/** Elements that came for one bundle, in the order in which they came. */
export interface ArrivedBlock {
  /** Id of the source transform. */
  readonly transformId: string;
  /** Encoded elements; may be none. */
  readonly data: Uint8Array;
  /** Nothing comes for this transform any more. */
  readonly isLast: boolean;
}

/** The blocks of one bundle between the data stream and its reader. */
export class Inbox {
  /** Bytes that have come and are not read yet. */
  queuedBytes = 0;
  readonly #blocks: ArrivedBlock[] = [];
  readonly #onRead: (bytes: number) => void;
  #failure: unknown;
  #failed = false;
  #wake: (() => void) | undefined;

  /** @param onRead Told how many bytes were taken out. */
  constructor(onRead: (bytes: number) => void) {
    this.#onRead = onRead;
  }

  /** Whether somebody waits for the next block. */
  get isAwaited(): boolean {
    return this.#wake !== undefined;
  }

  push(block: ArrivedBlock): void {
    this.#blocks.push(block);
    this.queuedBytes += block.data.length;
    this.#wake?.();
  }

  /** Nothing more will come: whoever reads gets this error. */
  fail(error: unknown): void {
    this.#failure = error;
    this.#failed = true;
    this.#wake?.();
  }

  /** The next block, when it comes. */
  async take(): Promise<ArrivedBlock> {
    for (;;) {
      if (this.#failed) throw this.#failure;
      const block = this.#blocks.shift();
      if (block !== undefined) {
        this.queuedBytes -= block.data.length;
        this.#onRead(block.data.length);
        return block;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }
}
