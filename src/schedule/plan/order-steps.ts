/** A step with what it is made from. */
export interface Orderable {
  readonly reference: string;
  /** References of other steps. */
  readonly upstreams: readonly string[];
}

/** Steps by wave; those that are made from each other in a circle, or from such, are in none. */
export interface Ordered<S> {
  /** In order; within a wave by name. */
  readonly waves: readonly (readonly S[])[];
  /** Circles, each as the way around: `a`, `b`, `a`. At least one where a step has no wave. */
  readonly circles: readonly (readonly string[])[];
}

/** Puts steps into waves: each comes after all that it is made from. What is no step doesn't count. */
export function orderSteps<S extends Orderable>(steps: readonly S[]): Ordered<S> {
  const byName = [...steps].sort((a, b) => (a.reference < b.reference ? -1 : 1));
  const waiting = new Map(byName.map((step) => [step.reference, step]));
  const waves: (readonly S[])[] = [];
  while (waiting.size > 0) {
    const wave = [...waiting.values()].filter(({ upstreams }) => !upstreams.some((name) => waiting.has(name)));
    if (wave.length === 0) break;
    for (const { reference } of wave) waiting.delete(reference);
    waves.push(wave);
  }
  return { waves, circles: circlesOf(waiting) };
}

/** Each step of `waiting` has an upstream there, so that whoever walks up comes back to where they were. */
function circlesOf(waiting: ReadonlyMap<string, Orderable>): readonly (readonly string[])[] {
  const circles: (readonly string[])[] = [];
  const seen = new Set<string>();
  for (const start of waiting.keys()) {
    const way: string[] = [];
    let at: string | undefined = start;
    while (at !== undefined && !seen.has(at)) {
      seen.add(at);
      way.push(at);
      at = waiting.get(at)?.upstreams.find((name) => waiting.has(name));
    }
    const from = at === undefined ? -1 : way.indexOf(at);
    if (at !== undefined && from >= 0) circles.push([...way.slice(from), at]);
  }
  return circles;
}
