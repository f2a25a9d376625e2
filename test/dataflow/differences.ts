/**
 * The values of a JSON document by their paths: `environment.workerPools.0.kind`. Empty objects are values too, and so are lists of words, in which no SDK promises an
 * order.
 */
export function fieldsOf(value: unknown, path = ''): Map<string, unknown> {
  if (Array.isArray(value) && value.every((word) => typeof word === 'string'))
    return new Map([[path, value.toSorted()]]);
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) return new Map([[path, value]]);
  return new Map(
    Object.entries(value).flatMap(([key, inner]) => [...fieldsOf(inner, path === '' ? key : `${path}.${key}`)]),
  );
}

export interface Difference {
  readonly path: string;
  readonly ours: unknown;
  readonly theirs: unknown;
}

/** Fields that two documents don't have in common, by path. */
export function differences(ours: unknown, theirs: unknown): readonly Difference[] {
  const [left, right] = [fieldsOf(ours), fieldsOf(theirs)];
  return [...new Set([...left.keys(), ...right.keys()])]
    .sort()
    .map((path) => ({ path, ours: left.get(path), theirs: right.get(path) }))
    .filter((field) => JSON.stringify(field.ours) !== JSON.stringify(field.theirs));
}
