import type { Command } from './measure/command.js';
import type { Figure } from './measure/figures.js';

export interface BenchmarkContext {
  /** Runs of ours, and of a peer. */
  readonly runs: number;
  readonly peerRuns: number;
  /** An empty folder for this benchmark. */
  readonly folder: string;
  /** The command line of this project, in a project of its own whose data sets are those in bench/datasets. */
  ours(...parameters: readonly string[]): Command;
  /** A script of bench/ours. */
  script(name: string, ...parameters: readonly string[]): Command;
  /** A script of bench/peers. */
  peer(script: string, ...parameters: readonly string[]): Command;
  log(line: string): void;
}

/** One comparison; it may give several figures. */
export interface Benchmark {
  readonly name: string;
  readonly description: string;
  run(context: BenchmarkContext): Promise<readonly Figure[]>;
}
