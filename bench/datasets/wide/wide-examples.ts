/** The kinds of the 40 features, and how many there are of each. */
const kinds = { float: 10, int: 6, text: 6, tensor: 4, sequence: 4, ragged: 3, record: 4, optional: 3 } as const;
export type WideKind = keyof typeof kinds;

/** Name → kind, e.g. `text_3`. */
export const wideFeatures: Readonly<Record<string, WideKind>> = Object.fromEntries(
  Object.entries(kinds).flatMap(([kind, count]) =>
    Array.from({ length: count }, (_, i) => [`${kind}_${i}`, kind as WideKind]),
  ),
);

export const wideRows = 100_000;

/** Different examples; rows repeat them under keys of their own, so that making them costs neither side anything. */
export const widePool: readonly Readonly<Record<string, unknown>>[] = makePool(512);

function makePool(size: number): Record<string, unknown>[] {
  // Numerical Recipes' linear congruential generator.
  let state = 1;
  const next = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % below;
  };
  const float = (): number => Math.fround(next(2_000_001) / 1000 - 1000);
  const words = ['left', 'center', 'right', 'élan', 'naïve', 'a somewhat longer text with several words in it'];
  const word = (): string => `${words[next(words.length)]} ${next(1000)}`;
  const list = <T>(longest: number, make: () => T): T[] => Array.from({ length: next(longest + 1) }, make);
  const makers: Record<WideKind, () => unknown> = {
    float,
    int: () => next(2 ** 31) - 2 ** 30,
    text: word,
    tensor: () => Array.from({ length: 16 }, float),
    sequence: () => list(12, () => next(100_000)),
    ragged: () => list(4, () => list(4, float)),
    record: () => ({ a: float(), b: word() }),
    optional: () => (next(3) === 0 ? null : next(1000)),
  };
  return Array.from({ length: size }, () =>
    Object.fromEntries(Object.entries(wideFeatures).map(([name, kind]) => [name, makers[kind]()])),
  );
}
