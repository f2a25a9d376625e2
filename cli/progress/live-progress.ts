import type { BuildProgress } from '../../src/engines/index.js';
import type { TextOutput } from '../terminal/index.js';
import type { ProgressDisplay } from './progress-display.js';
import { progressLine } from './progress-line.js';
import { advance, type ProgressUnit, type Stages } from './stage-progress.js';

/** Often enough to look alive, seldom enough to cost nothing. */
const redrawMilliseconds = 100;

// ECMA-48: cursor up, erase from the cursor to the end of the screen; DEC private mode 25 shows and hides the cursor.
const up = (lines: number): string => (lines === 0 ? '' : `\u001b[${lines}A`);
const eraseBelow = '\u001b[J';
const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';

/** Progress bars that are redrawn in place, one line a stage. */
export class LiveProgress implements ProgressDisplay {
  readonly #output: TextOutput;
  readonly #clock: () => number;
  readonly #unit: ProgressUnit;
  readonly #timer: NodeJS.Timeout;
  #stages: Stages = new Map();
  #drawnLines = 0;
  #closed = false;

  /** @param signal when it aborts, the lines stay as they are, so that what is printed next stands below them */
  constructor(output: TextOutput, clock: () => number, signal: AbortSignal, unit: ProgressUnit = 'rows') {
    this.#unit = unit;
    this.#output = output;
    this.#clock = clock;
    // Rates and times go on while no event comes.
    this.#timer = setInterval(() => this.#draw(), redrawMilliseconds);
    this.#timer.unref();
    process.once('exit', this.#restoreCursor);
    signal.addEventListener('abort', () => this.close(), { once: true });
  }

  onProgress(event: BuildProgress): void {
    if (!this.#closed) this.#stages = advance(this.#stages, event, this.#clock());
  }

  note(line: string): void {
    // In place of the stages, which are drawn again below it.
    const erased = this.#drawnLines === 0 || this.#closed ? '' : up(this.#drawnLines) + eraseBelow;
    this.#output.write(`${erased}${this.#output.style.bold(line)}\n`);
    if (erased === '') return;
    this.#drawnLines = 0;
    this.#draw();
  }

  close(): void {
    if (this.#closed) return;
    clearInterval(this.#timer);
    this.#draw();
    this.#closed = true;
    process.removeListener('exit', this.#restoreCursor);
    this.#restoreCursor();
  }

  readonly #restoreCursor = (): void => {
    if (this.#drawnLines > 0) this.#output.write(showCursor);
  };

  #draw(): void {
    if (this.#stages.size === 0) return;
    const now = this.#clock();
    const { width, style } = this.#output;
    const lines = [...this.#stages.values()].map(
      (stage) => `${progressLine(stage, now, width, style, stage.unit ?? this.#unit)}\n`,
    );
    // One write, so that no half-drawn frame is ever seen.
    this.#output.write(hideCursor + up(this.#drawnLines) + eraseBelow + lines.join(''));
    this.#drawnLines = lines.length;
  }
}
