import type { BuildProgress } from '../../src/engines/index.js';
import type { CommandContext } from '../frame/command-module.js';
import { formatDuration, type TextOutput, truncate } from '../terminal/index.js';
import { advance, amountText, fractionDone, type Stages } from './stage-progress.js';

/** Shows how several builds go on at once. */
export interface SeveralBuilds {
  start(name: string): void;
  onProgress(name: string, event: BuildProgress): void;
  end(name: string): void;
  /** A line that stays. */
  note(line: string): void;
  close(): void;
}

/** Lines that are redrawn in place on a terminal, one a build that runs; notes alone in a log; nothing with `--quiet`. On standard error. */
export function severalBuilds({
  terminal,
  flags,
  signal,
}: Pick<CommandContext, 'terminal' | 'flags' | 'signal'>): SeveralBuilds {
  const { notes } = terminal;
  if (flags.quiet === true) return silent;
  return notes.isTerminal ? new LiveBuilds(notes, signal) : logOf(notes);
}

const nothing = (): void => undefined;
const silent: SeveralBuilds = { start: nothing, onProgress: nothing, end: nothing, note: nothing, close: nothing };

/** The log of a night is read in the morning: what began, what ended and how, and nothing between. */
function logOf(output: TextOutput): SeveralBuilds {
  return { ...silent, note: (line) => output.write(`${line}\n`) };
}

const redrawMilliseconds = 200;
// ECMA-48: cursor up, erase from the cursor to the end of the screen.
const up = (lines: number): string => (lines === 0 ? '' : `\u001b[${lines}A`);
const eraseBelow = '\u001b[J';

class LiveBuilds implements SeveralBuilds {
  readonly #output: TextOutput;
  readonly #running = new Map<string, { stages: Stages; readonly since: number }>();
  readonly #timer: NodeJS.Timeout;
  #drawnLines = 0;
  #closed = false;

  /** @param signal when it aborts, the lines stay as they are, so that what is printed next stands below them */
  constructor(output: TextOutput, signal: AbortSignal) {
    this.#output = output;
    this.#timer = setInterval(() => this.#draw(), redrawMilliseconds);
    this.#timer.unref();
    signal.addEventListener('abort', () => this.close(), { once: true });
  }

  start(name: string): void {
    this.#running.set(name, { stages: new Map(), since: seconds() });
  }

  onProgress(name: string, event: BuildProgress): void {
    const build = this.#running.get(name);
    if (build !== undefined) build.stages = advance(build.stages, event, seconds());
  }

  end(name: string): void {
    this.#running.delete(name);
  }

  note(line: string): void {
    if (this.#closed) this.#output.write(`${line}\n`);
    else this.#draw(`${line}\n`);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
  }

  /** In one write, so that no half-drawn frame is ever seen. */
  #draw(above = ''): void {
    const lines = [...this.#running].map(([name, { stages, since }]) => this.#line(name, stages, since));
    if (above === '' && lines.length === 0 && this.#drawnLines === 0) return;
    this.#output.write(`${up(this.#drawnLines)}${eraseBelow}${above}${lines.join('')}`);
    this.#drawnLines = lines.length;
  }

  #line(name: string, stages: Stages, since: number): string {
    const stage = [...stages.values()].at(-1);
    const duration = formatDuration(seconds() - since);
    if (stage === undefined) return `${truncate(`${name}  ${duration}`, this.#output.width - 1)}\n`;
    const fraction = fractionDone(stage);
    const share = fraction === undefined ? '' : `  ${Math.floor(fraction * 100)} %`;
    const amount = amountText(stage.rows, stage.unit ?? 'rows');
    return `${truncate(`${name}  ${stage.stage}${share}  ${amount}  ${duration}`, this.#output.width - 1)}\n`;
  }
}

/** On a clock that never jumps. */
function seconds(): number {
  return performance.now() / 1000;
}
