import type { JsonMember, JsonShape } from './json-shape.js';

/** Behind so many names none is learnt. */
const mostNames = 256;

/** So often a file may surprise; each time costs some 100 us. */
const mostLessons = 256;

const onlyComma = Buffer.from(',');

type Followers = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * How the lines of a file are written that have some of the same properties in the same order, with the same spaces: what is known of that from the lines that it was shown.
 */
export class JsonLayout {
  readonly opening: Buffer;
  readonly closing: Buffer;
  #separator: Buffer | undefined;
  /** In an order in which every line shown has them. */
  #members: readonly JsonMember[];
  /** Each name, and those that came right behind it in some line. */
  #followers: Followers;
  #lessons = 0;

  constructor(line: JsonShape) {
    this.opening = line.opening;
    this.closing = line.closing;
    this.#separator = line.separator;
    this.#members = line.members;
    this.#followers = withPairs(new Map(), namesOf(line.members));
  }

  get members(): readonly JsonMember[] {
    return this.#members;
  }

  /** What stands between a value and the next name; a guess where no line had two. */
  get separator(): Buffer {
    return this.#separator ?? onlyComma;
  }

  /** Whether lines may lack properties: to look for the next one in more of them takes longer than to parse the line as an element. */
  get mayLack(): boolean {
    return this.#members.length <= mostNames;
  }

  /** Finds an order in which also this line has its properties. False where it taught nothing: it is written otherwise, or has them in another order, or all was known. */
  learn(line: JsonShape): boolean {
    if (this.#lessons === mostLessons || !this.#isAlike(line)) return false;
    const known = new Map(this.#members.map((member) => [member.name, member]));
    const isOther = ({ name, head }: JsonMember) => known.get(name)?.head.equals(head) === false;
    if (line.members.some(isOther)) return false;
    for (const member of line.members) known.set(member.name, member);
    const followers = withPairs(this.#followers, namesOf(line.members));
    const order = known.size <= mostNames ? inOrder([...known.keys()], followers) : undefined;
    if (order === undefined || (sizeOf(followers) === sizeOf(this.#followers) && known.size === this.#members.length))
      return false;
    this.#lessons++;
    this.#separator ??= line.separator;
    this.#followers = followers;
    this.#members = order.flatMap((name) => known.get(name) ?? []);
    return true;
  }

  #isAlike({ opening, separator, closing }: JsonShape): boolean {
    const isSeparated = separator === undefined || this.#separator === undefined || this.#separator.equals(separator);
    return isSeparated && this.opening.equals(opening) && this.closing.equals(closing);
  }
}

function namesOf(members: readonly JsonMember[]): readonly string[] {
  return members.map(({ name }) => name);
}

function withPairs(followers: Followers, names: readonly string[]): Followers {
  const more = new Map(followers);
  for (const [i, name] of names.entries()) {
    const next = names[i + 1];
    if (next !== undefined) more.set(name, new Set(more.get(name)).add(next));
  }
  return more;
}

function sizeOf(followers: Followers): number {
  return [...followers.values()].reduce((sum, { size }) => sum + size, 0);
}

/** The names, each before its followers (A. B. Kahn, Topological sorting of large networks, 1962); undefined where some follow each other. */
function inOrder(names: readonly string[], followers: Followers): readonly string[] | undefined {
  const waitsFor = new Map(names.map((name) => [name, 0]));
  for (const name of [...followers.values()].flatMap((next) => [...next])) {
    waitsFor.set(name, (waitsFor.get(name) ?? 0) + 1);
  }
  const order = names.filter((name) => waitsFor.get(name) === 0);
  // Grows while it is walked through.
  for (const name of order) {
    for (const next of followers.get(name) ?? []) {
      const left = (waitsFor.get(next) ?? 0) - 1;
      waitsFor.set(next, left);
      if (left === 0) order.push(next);
    }
  }
  return order.length === names.length ? order : undefined;
}
