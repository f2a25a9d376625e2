import type { FieldType, NearlyOfType } from './field-facts.js';
import type { ValueKind } from './value-kind.js';

/** How often a kind came, and where first. */
export interface SeenKind {
  count: number;
  /** Of the value among those of the field. */
  readonly firstValue: number;
  readonly firstPlace: string;
}

export type SeenKinds = ReadonlyMap<ValueKind, SeenKind>;

const numbers: readonly ValueKind[] = ['int64', 'uint64', 'integer', 'float64'];
const strings: readonly ValueKind[] = ['date', 'timestamp', 'local timestamp', 'text'];

/** The type of a field whose values need no looking into; undefined for lists and structs. */
export function scalarType(kinds: SeenKinds, minimum: number | bigint | undefined, fromText: boolean) {
  const only = (...allowed: readonly ValueKind[]) => [...kinds.keys()].every((kind) => allowed.includes(kind));
  if (kinds.size === 0) return { kind: 'null' } as const;
  if (only('bool')) return { kind: 'bool' } as const;
  if (only('int64')) return { kind: 'int64' } as const;
  if (only('int64', 'uint64') && minimum !== undefined && minimum >= 0) return { kind: 'uint64' } as const;
  // Text keeps every digit.
  if (only('int64', 'uint64', 'integer')) return fromText ? ({ kind: 'string' } as const) : unsupported(kinds);
  if (only(...numbers)) return { kind: 'float64' } as const;
  if (only('date')) return { kind: 'date' } as const;
  if (only('date', 'timestamp') || only('date', 'local timestamp')) return { kind: 'timestamp' } as const;
  if (fromText || only(...strings)) return { kind: 'string' } as const;
  if (only('bytes')) return { kind: 'bytes' } as const;
  return only('list') || only('struct') ? undefined : unsupported(kinds);
}

const words: Readonly<Record<ValueKind, string>> = {
  bool: 'booleans',
  int64: 'integers',
  uint64: 'integers',
  integer: 'integers of more than 64 bits',
  float64: 'floats',
  date: 'strings',
  timestamp: 'strings',
  'local timestamp': 'strings',
  text: 'strings',
  bytes: 'bytes',
  list: 'lists',
  struct: 'objects',
};

function unsupported(kinds: SeenKinds): FieldType {
  const byWord = new Map<string, { count: number; readonly place: string }>();
  for (const [kind, { count, firstPlace }] of kinds) {
    const known = byWord.get(words[kind]);
    if (known === undefined) byWord.set(words[kind], { count, place: firstPlace });
    else known.count += count;
  }
  const parts = [...byWord].map(([word, { count, place }]) => `${count} ${word} (first: ${place})`);
  return { kind: 'unsupported', reason: `its values are ${parts.join(', ')}` };
}

const candidates: readonly { readonly type: NearlyOfType['type']; readonly kinds: readonly ValueKind[] }[] = [
  { type: 'int64', kinds: ['int64'] },
  { type: 'float64', kinds: numbers },
  { type: 'bool', kinds: ['bool'] },
  { type: 'timestamp', kinds: ['date', 'timestamp'] },
  { type: 'timestamp', kinds: ['date', 'local timestamp'] },
];
const nearlyAll = 0.9;

/** For a field of strings: the type that nearly all of them are of. */
export function nearlyOfType(kinds: SeenKinds, values: number): NearlyOfType | undefined {
  for (const candidate of candidates) {
    let fitting = 0;
    let first: SeenKind | undefined;
    for (const [kind, seen] of kinds) {
      if (candidate.kinds.includes(kind)) fitting += seen.count;
      else if (first === undefined || seen.firstValue < first.firstValue) first = seen;
    }
    if (first !== undefined && fitting >= nearlyAll * values)
      return { type: candidate.type, values: fitting, firstOther: first.firstPlace };
  }
  return undefined;
}
