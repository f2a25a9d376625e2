import fc from 'fast-check';

const hostileScalar = fc.oneof(
  fc.constantFrom(
    null,
    true,
    '',
    '../../etc/passwd',
    '/etc/passwd',
    'C:\\x',
    'a\0b',
    '__proto__',
    'constructor',
    'NaN',
    '-1',
    '99999999999999999999999',
  ),
  fc.constantFrom(0, -0, -1, 0.5, 1e308, 2 ** 31, 2 ** 53, -(2 ** 53), 2 ** 53 - 1),
  fc.string(),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

/** Any JSON at all, with the keys and values that break careless readers. */
export const anyJson: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, hostileScalar, fc.array(tie('value'), { maxLength: 4 }), tie('object')),
  object: fc
    .array(
      fc.tuple(
        fc.oneof(fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', ''), fc.string()),
        tie('value'),
      ),
      {
        maxLength: 4,
      },
    )
    // As JSON.parse makes it: an own property, also for __proto__.
    .map((entries) => Object.fromEntries(entries)),
})).value;

/** A document in which some of the values were replaced, removed or repeated. */
export function damagedJson(document: unknown): fc.Arbitrary<unknown> {
  const places = placesOf(document);
  const change = fc.tuple(
    fc.constantFrom(...places),
    fc.oneof(
      { weight: 3, arbitrary: anyJson.map((value) => () => value) },
      { weight: 1, arbitrary: fc.constant(() => undefined) },
      { weight: 1, arbitrary: fc.constantFrom(...places).map((from) => (root: unknown) => valueAt(root, from)) },
      {
        weight: 1,
        arbitrary: fc.constant((_: unknown, old: unknown) => (Array.isArray(old) ? [...old, ...old] : [old])),
      },
    ),
  );
  return fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) => {
    let damaged: unknown = structuredClone(document);
    for (const [place, replace] of changes) {
      damaged = replaceAt(damaged, place, replace(damaged, valueAt(damaged, place)));
    }
    return damaged;
  });
}

type Place = readonly string[];

function placesOf(value: unknown, place: Place = []): readonly Place[] {
  if (typeof value !== 'object' || value === null) return [place];
  return [place, ...Object.entries(value).flatMap(([key, inner]) => placesOf(inner, [...place, key]))];
}

function valueAt(value: unknown, [key, ...rest]: Place): unknown {
  if (key === undefined) return value;
  return typeof value === 'object' && value !== null ? valueAt(Reflect.get(value, key), rest) : undefined;
}

function replaceAt(value: unknown, [key, ...rest]: Place, replacement: unknown): unknown {
  if (key === undefined) return structuredClone(replacement);
  if (typeof value !== 'object' || value === null) return value;
  const inner = replaceAt(Reflect.get(value, key), rest, replacement);
  if (Array.isArray(value)) return value.map((item, index) => (String(index) === key ? inner : item));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, name === key ? inner : item]));
}
