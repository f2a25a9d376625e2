/** Values of Cloud Workflows: JSON, in maps and lists that may be looked into. */
export type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value };

export type Functions = Readonly<Record<string, (...args: readonly Value[]) => Value>>;

/**
 * Evaluates an expression of Cloud Workflows, as far as what is emitted needs them; anything else is refused.
 *
 * https://cloud.google.com/workflows/docs/reference/syntax/expressions
 */
export function evaluate(text: string, variables: ReadonlyMap<string, Value>, functions: Functions): Value {
  const tokens = [
    ...text.matchAll(/\s*(?:("(?:[^"\\]|\\.)*")|(\d+(?:\.\d+)?)|([A-Za-z_]\w*)|(==|!=|<=|>=|[-+<>().,]))/gy),
  ];
  if (tokens.map(([token]) => token).join('') !== text.trimEnd()) throw new Error(`no expression: ${text}`);
  const words = tokens.map(([token]) => token.trim());
  let at = 0;
  const take = (word: string): boolean => {
    if (words[at] !== word) return false;
    at++;
    return true;
  };
  const refuse = (): never => {
    throw new Error(`no expression: ${text}, at ${words.slice(at).join(' ')}`);
  };

  function either(): Value {
    let value = comparison();
    while (take('or')) value = [value, comparison()].some((each) => isTrue(each));
    return value;
  }
  function comparison(): Value {
    const left = sum();
    const operator = ['==', '!=', '<=', '>=', '<', '>'].find(take);
    if (operator === undefined) return left;
    const right = sum();
    if (operator === '==') return left === right;
    if (operator === '!=') return left !== right;
    if (typeof left !== 'number' || typeof right !== 'number') throw new Error(`${text} compares what is no number`);
    return { '<': left < right, '>': left > right, '<=': left <= right, '>=': left >= right }[operator] ?? refuse();
  }
  function sum(): Value {
    let value = operand();
    while (take('+')) {
      const right = operand();
      if (typeof value === 'string' && typeof right === 'string') value += right;
      else if (typeof value === 'number' && typeof right === 'number') value += right;
      else throw new Error(`${text} adds ${typeof value} and ${typeof right}`);
    }
    return value;
  }
  function operand(): Value {
    const word = words[at++] ?? refuse();
    if (word.startsWith('"')) return JSON.parse(word) as string;
    if (/^\d/.test(word)) return Number(word);
    if (word === 'null') return null;
    if (!/^\w+$/.test(word)) return refuse();
    const path = [word];
    while (take('.')) path.push(words[at++] ?? refuse());
    return take('(') ? call(path.join('.')) : lookUp(path);
  }
  function call(name: string): Value {
    const args: Value[] = [];
    while (!take(')')) {
      args.push(either());
      if (!take(',') && words[at] !== ')') refuse();
    }
    const known = functions[name];
    if (known === undefined) throw new Error(`${name} is no function that is known: ${text}`);
    return known(...args);
  }
  function lookUp([name = '', ...keys]: readonly string[]): Value {
    let value = variables.get(name);
    for (const key of keys) value = isMap(value) ? value[key] : undefined;
    // Cloud Workflows raises KeyError.
    if (value === undefined) throw new Error(`KeyError: ${[name, ...keys].join('.')} in ${text}`);
    return value;
  }

  const value = either();
  return at === words.length ? value : refuse();
}

export function isMap(value: unknown): value is { readonly [key: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isTrue(value: Value): boolean {
  if (typeof value === 'boolean') return value;
  throw new Error('a condition is neither true nor false');
}
