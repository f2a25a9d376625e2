import { evaluate, type Functions, isMap, isTrue, type Value } from './expression.js';

/** What a workflow sees of the world: requests, and a clock that its pauses move. */
export interface World {
  /** Seconds. */
  now(): number;
  sleep(seconds: number): Promise<void>;
  request(method: 'GET' | 'POST', args: { readonly [key: string]: Value }): Promise<Value>;
  readonly executionId: string;
}

/** What `raise` raises, and what a request raises that failed. */
export class Raised extends Error {
  readonly value: Value;

  constructor(value: Value) {
    super(JSON.stringify(value));
    this.value = value;
  }
}

type Map_ = { readonly [key: string]: Value };
type Outcome =
  | { readonly kind: 'end' }
  | { readonly kind: 'return'; readonly value: Value }
  | { readonly kind: 'next'; readonly step: string };
type Scope = Map<string, Value>;

const end: Outcome = { kind: 'end' };
const retried: Readonly<Record<string, readonly number[]>> = {
  'http.default_retry': [429, 502, 503, 504],
  'http.default_retry_non_idempotent': [429, 503],
};

/**
 * Runs a workflow of Cloud Workflows, as far as what is emitted needs the language. Strict: a key, a function or a form that it doesn't know is refused.
 *
 * https://cloud.google.com/workflows/docs/reference/syntax
 */
export class Interpreter {
  readonly #workflow: Map_;
  readonly #world: World;
  readonly #functions: Functions;

  constructor(workflow: Value, world: World) {
    this.#workflow = map(workflow);
    this.#world = world;
    this.#functions = {
      'sys.now': () => world.now(),
      'sys.get_env': (name) =>
        name === 'GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID' ? world.executionId : refuse('sys.get_env', name),
      'map.get': (of, key) => map(of)[String(key)] ?? null,
      'list.concat': (items, item) => [...list(items), item ?? null],
      len: (of) => (typeof of === 'string' ? of.length : list(of).length),
      string: (value) => String(value),
      default: (value, other) => value ?? other ?? null,
    };
  }

  run(argument: Value): Promise<Value> {
    return this.#call('main', { args: argument });
  }

  async #call(name: string, args: Map_): Promise<Value> {
    const { params, steps } = only(map(this.#workflow[name] ?? refuse('call', name)), ['params', 'steps']);
    const names = list(params ?? []).map(String);
    const given = Object.keys(args);
    if (names.join() !== names.filter((each) => given.includes(each)).join() || given.length !== names.length) {
      throw new Error(`${name} takes ${names.join()}, and gets ${given.join()}`);
    }
    const outcome = await this.#steps(list(steps), new Map(Object.entries(args)));
    if (outcome.kind === 'next') throw new Error(`${name} has no step ${outcome.step}`);
    return outcome.kind === 'return' ? outcome.value : null;
  }

  async #steps(steps: readonly Value[], scope: Scope): Promise<Outcome> {
    const named = steps
      .map((step) => Object.entries(map(step)))
      .map(([entry, ...more]) => (more.length > 0 ? undefined : entry));
    const names = named.map((entry) => entry?.[0] ?? refuse('a step', steps));
    if (new Set(names).size !== names.length) throw new Error(`two steps of one name: ${names.join(', ')}`);
    for (let at = 0; at < named.length; ) {
      const outcome = await this.#step(map(named[at]?.[1] ?? null), scope);
      if (outcome.kind !== 'next') {
        if (outcome.kind === 'return') return outcome;
        at++;
        continue;
      }
      at = names.indexOf(outcome.step);
      // Leads out of these steps: whoever has them knows it, or nobody does.
      if (at < 0) return outcome;
    }
    return end;
  }

  async #step(step: Map_, scope: Scope): Promise<Outcome> {
    if ('assign' in step) {
      for (const entry of list(only(step, ['assign'])['assign'])) {
        for (const [name, value] of Object.entries(map(entry))) scope.set(name, this.#value(value, scope));
      }
      return end;
    }
    if ('switch' in step) return this.#switch(only(step, ['switch', 'next']), scope);
    if ('return' in step)
      return { kind: 'return', value: this.#value(only(step, ['return'])['return'] ?? null, scope) };
    if ('raise' in step) throw new Raised(this.#value(only(step, ['raise'])['raise'] ?? null, scope));
    if ('try' in step) return this.#try(only(step, ['try', 'retry', 'except']), scope);
    if ('for' in step) return this.#for(map(only(step, ['for'])['for']), scope);
    if ('parallel' in step) return this.#parallel(map(only(step, ['parallel'])['parallel']), scope);
    return this.#callStep(only(step, ['call', 'args', 'result']), scope);
  }

  #switch(step: Map_, scope: Scope): Outcome {
    for (const each of list(step['switch'])) {
      const { condition, next, return: returned } = only(map(each), ['condition', 'next', 'return']);
      if (!isTrue(this.#value(condition ?? null, scope))) continue;
      return next !== undefined
        ? { kind: 'next', step: String(next) }
        : { kind: 'return', value: this.#value(returned ?? null, scope) };
    }
    return step['next'] === undefined ? end : { kind: 'next', step: String(step['next']) };
  }

  async #callStep({ call, args, result }: Map_, scope: Scope): Promise<Outcome> {
    const given = map(this.#value(args ?? {}, scope));
    let value: Value = null;
    if (call === 'sys.sleep') await this.#world.sleep(Number(only(given, ['seconds'])['seconds']));
    else if (call === 'http.get') value = await this.#world.request('GET', only(given, ['url', 'auth', 'query']));
    else if (call === 'http.post') value = await this.#world.request('POST', only(given, ['url', 'auth', 'body']));
    else value = await this.#call(String(call), given);
    if (result !== undefined) scope.set(String(result), value);
    return end;
  }

  async #try({ try: tried, retry, except }: Map_, scope: Scope): Promise<Outcome> {
    const policy =
      retry === undefined ? [] : (retried[/^\$\{(.*)\}$/.exec(String(retry))?.[1] ?? ''] ?? refuse('retry', retry));
    const body = map(tried);
    const run = () =>
      'steps' in body ? this.#steps(list(only(body, ['steps'])['steps']), scope) : this.#step(body, scope);
    for (let attempt = 1; ; attempt++) {
      try {
        return await run();
      } catch (error) {
        if (!(error instanceof Raised)) throw error;
        const code = isMap(error.value) ? error.value['code'] : undefined;
        if (attempt <= 5 && policy.some((each) => each === code)) {
          await this.#world.sleep(attempt);
          continue;
        }
        if (except === undefined) throw error;
        const { as, steps } = only(map(except), ['as', 'steps']);
        return this.#steps(list(steps), scope.set(String(as), error.value));
      }
    }
  }

  async #for(loop: Map_, scope: Scope): Promise<Outcome> {
    const { value, in: items, steps } = only(loop, ['value', 'in', 'steps']);
    for (const item of list(this.#value(items ?? null, scope))) {
      const outcome = await this.#steps(list(steps), scope.set(String(value), item));
      if (outcome.kind === 'return') return outcome;
      if (outcome.kind === 'next' && outcome.step !== 'continue') return outcome;
    }
    return end;
  }

  /** Each branch has variables of its own, but for those that are shared. */
  async #parallel(parallel: Map_, scope: Scope): Promise<Outcome> {
    const { shared, for: loop } = only(parallel, ['shared', 'for']);
    const { value, in: items, steps } = only(map(loop ?? null), ['value', 'in', 'steps']);
    const names = list(shared ?? []).map(String);
    await Promise.all(
      list(this.#value(items ?? null, scope)).map(async (item) => {
        const own = BranchScope.of(scope, names);
        await this.#steps(list(steps), own.set(String(value), item));
      }),
    );
    return end;
  }

  #value(value: Value, scope: Scope): Value {
    if (typeof value === 'string') {
      const expression = /^\$\{(.*)\}$/s.exec(value)?.[1];
      if (expression === undefined && value.includes('${')) refuse('a text with an expression in it', value);
      return expression === undefined ? value : evaluate(expression, scope, this.#functions);
    }
    if (Array.isArray(value)) return value.map((each: Value) => this.#value(each, scope));
    if (!isMap(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, this.#value(each, scope)]));
  }
}

/** Variables of a branch: those of the workflow at its begin, and those that are shared as they are now. */
class BranchScope extends Map<string, Value> {
  #outer: Scope | undefined;
  #shared: readonly string[] = [];

  static of(outer: Scope, shared: readonly string[]): BranchScope {
    const scope = new BranchScope(outer);
    scope.#outer = outer;
    scope.#shared = shared;
    return scope;
  }

  override get(name: string): Value | undefined {
    return this.#shared.includes(name) ? this.#outer?.get(name) : super.get(name);
  }

  override set(name: string, value: Value): this {
    // The constructor of Map calls this before the fields are there.
    if (#outer in this && this.#shared.includes(name)) this.#outer?.set(name, value);
    else super.set(name, value);
    return this;
  }
}

function map(value: Value | undefined): Map_ {
  return isMap(value) ? value : refuse('a map', value);
}

function list(value: Value | undefined): readonly Value[] {
  return Array.isArray(value) ? value : refuse('a list', value);
}

/** A map with these keys alone. */
function only(value: Map_, keys: readonly string[]): Map_ {
  const odd = Object.keys(value).find((key) => !keys.includes(key));
  return odd === undefined ? value : refuse(`${odd} beside ${keys.join(', ')}`, value);
}

function refuse(what: string, found: unknown): never {
  throw new Error(`${what} is expected, or not known here: ${JSON.stringify(found)}`);
}
