import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { repositoryRoot } from './environment.js';
import { decodeValue, encodeValue } from './values.js';

/** An exception in Python: its class as `type`, its traceback in the message. */
export class OracleError extends Error {
  override readonly name = 'OracleError';
  readonly type: string;
  readonly pythonMessage: string;

  constructor(op: string, error: PythonError) {
    super(`${op}: ${error.type}: ${error.message}\n${error.traceback}`);
    this.type = error.type;
    this.pythonMessage = error.message;
  }
}

interface PythonError {
  readonly type: string;
  readonly message: string;
  readonly traceback: string;
}

interface Reply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: PythonError;
}

interface Pending {
  readonly op: string;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** The long-lived Python process; requests are answered in order. */
export class OracleProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  /** Why no request can be answered any more. */
  #ended: Error | undefined;
  /** The end of what Python wrote to stderr, shown when it dies. */
  #stderr = '';

  constructor(interpreter: string) {
    const script = join(repositoryRoot, 'test', 'oracle', 'oracle.py');
    // -B: no __pycache__ beside the sources.
    this.#child = spawn(interpreter, ['-B', script], { stdio: ['pipe', 'pipe', 'pipe'] });
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#settle(JSON.parse(line) as Reply));
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-8192);
    });
    this.#child.stdin.on('error', (cause) =>
      this.#fail(new Error('the Python oracle takes no more requests', { cause })),
    );
    this.#child.on('error', (cause) => this.#fail(new Error(`'${interpreter}' does not start`, { cause })));
    this.#child.on('close', (code, signal) => this.#fail(this.#endError(code, signal)));
    this.#hold(false);
  }

  /** Calls `<module>.<function>` of test/oracle/ops with keyword arguments. */
  async call(op: string, keywords: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    if (this.#ended !== undefined) throw this.#ended;
    const id = ++this.#lastId;
    const request = JSON.stringify({ id, op, args: encodeValue(keywords) });
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#pending.set(id, { op, resolve, reject });
    });
    this.#hold(true);
    this.#child.stdin.write(`${request}\n`);
    return decodeValue(await answer);
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#hold(true);
    this.#child.stdin.end();
    await once(this.#child, 'close');
  }

  #settle(reply: Reply): void {
    const pending = this.#pending.get(reply.id);
    if (pending === undefined) return;
    this.#pending.delete(reply.id);
    if (this.#pending.size === 0) this.#hold(false);
    if (reply.error === undefined) pending.resolve(reply.value);
    else pending.reject(new OracleError(pending.op, reply.error));
  }

  #fail(error: Error): void {
    this.#ended ??= error;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(error);
  }

  #endError(code: number | null, signal: NodeJS.Signals | null): Error {
    return new Error(`the Python oracle ended (${signal ?? `exit code ${code}`})\n${this.#stderr}`);
  }

  /** An idle oracle must not keep the test process alive. */
  #hold(busy: boolean): void {
    const action = busy ? 'ref' : 'unref';
    this.#child[action]();
    for (const pipe of [this.#child.stdin, this.#child.stdout, this.#child.stderr]) {
      (pipe as Partial<Record<'ref' | 'unref', () => void>>)[action]?.();
    }
  }
}
