import { CellColumn, cellTags } from '../../features/index.js';
import type { CellParser } from '../columns/column-parser.js';
import { lineEndAt } from '../columns/line-end.js';
import type { SideBuffer } from '../columns/side-buffer.js';
import { BytePattern } from './byte-pattern.js';
import type { JsonLayout } from './json-layout.js';
import { type JsonMember, type JsonShape, jsonShape } from './json-shape.js';
import { JsonValues, plainEnd } from './json-values.js';

const emptyObject = new BytePattern(Buffer.from('{}'));

interface MemberPlan {
  /** All that stands between the value before it, or the beginning of the line where it is the first of all, and its own value: `,"name":`. */
  readonly before: BytePattern;
  /** The same where the line lacks all before it: `{"name":`. */
  readonly opening: BytePattern;
  /** Where its values go; undefined for one that nobody asked for. */
  readonly column: CellColumn | undefined;
  /** Whether an element that lacks it has undefined in its place. */
  readonly mayMiss: boolean;
  /** As `nameMark` gives it. */
  readonly mark: number;
}

/**
 * Parses lines of JSON from bytes into cells where they are written alike: names in the same order, though each may be missing, with the same spaces. Learns names as they come. Gives up at anything else, and
 * at values that have no cell. The chunk then goes the way of `parseJson`, whose rules these are.
 */
export class JsonCells implements CellParser {
  readonly columns: readonly CellColumn[];
  readonly #names: readonly string[];
  readonly #layout: JsonLayout;
  readonly #values = new JsonValues();
  #members: readonly MemberPlan[] = [];
  #marks = new Int32Array(0);
  /** Plans of members that are not the first. */
  readonly #plans = new Map<string, MemberPlan>();
  #separator: Buffer;
  /** Of names that no line had so far. */
  #missing: readonly CellColumn[] = [];
  readonly #closing: BytePattern;

  /** @param names those that are asked for, in the order of `columns` */
  constructor(layout: JsonLayout, names: readonly string[]) {
    this.columns = names.map(() => new CellColumn());
    this.#names = names;
    this.#layout = layout;
    this.#closing = new BytePattern(layout.closing);
    this.#separator = layout.separator;
    this.#plan();
  }

  get side(): SideBuffer {
    return this.#values.side;
  }

  parse(bytes: Buffer): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.side.used = 0;
    let row = 0;
    for (let at = 0; at < bytes.length; ) {
      const blank = lineEndAt(bytes, at);
      if (blank > 0) {
        at += blank;
        continue;
      }
      if (row === this.#capacity) for (const column of this.columns) column.grow();
      const end = this.#line(bytes, view, at, row);
      at = end < 0 && this.#learn(jsonShape(bytes.subarray(at))) ? this.#line(bytes, view, at, row) : end;
      if (at < 0) return -1;
      for (const column of this.#missing) column.tags[row] = cellTags.missing;
      row++;
    }
    return row;
  }

  get #capacity(): number {
    return this.columns[0]?.capacity ?? Number.POSITIVE_INFINITY;
  }

  #learn(line: JsonShape | undefined): boolean {
    if (line === undefined || !this.#layout.learn(line)) return false;
    this.#plan();
    return true;
  }

  #plan(): void {
    const { separator, members } = this.#layout;
    if (separator !== this.#separator) this.#plans.clear();
    this.#separator = separator;
    const plans = members.map((member) => this.#planOf(member));
    this.#members = plans.map((plan, i) => (i === 0 ? { ...plan, before: plan.opening } : plan));
    this.#marks = Int32Array.from(plans, ({ mark }) => mark);
    this.#missing = this.columns.filter((_, i) => members.every(({ name }) => name !== this.#names[i]));
  }

  #planOf({ name, head }: JsonMember): MemberPlan {
    const known = this.#plans.get(name);
    if (known !== undefined) return known;
    const plan = {
      before: new BytePattern(Buffer.concat([this.#separator, head])),
      opening: new BytePattern(Buffer.concat([this.#layout.opening, head])),
      column: this.columns[this.#names.indexOf(name)],
      mayMiss: mayMiss(name),
      mark: nameMark(head, new DataView(head.buffer, head.byteOffset, head.length), 0),
    };
    this.#plans.set(name, plan);
    return plan;
  }

  /** Returns where the next line begins, or -1. */
  #line(bytes: Buffer, view: DataView, start: number, row: number): number {
    const members = this.#members;
    let at = start;
    for (let i = 0; i < members.length; i++) {
      let member = members[i] as MemberPlan;
      let { before } = member;
      if (!before.isAt(view, at)) {
        const next = this.#nextThere(bytes, view, at, i, at === start);
        if (!this.#lack(i, next, row)) return -1;
        if (next === members.length) break;
        i = next;
        member = members[i] as MemberPlan;
        before = at === start ? member.opening : member.before;
      }
      at = this.#values.take(bytes, view, at + before.length, member.column, row);
      if (at < 0) return -1;
    }
    const closing = at === start ? emptyObject : this.#closing;
    if (!closing.isAt(view, at)) return -1;
    at += closing.length;
    if (at === bytes.length) return at;
    const end = lineEndAt(bytes, at);
    return end > 0 ? at + end : -1;
  }

  /** Which member stands at `at` where that of index `i` doesn't: one behind it, or as many as there are for none. */
  #nextThere(bytes: Buffer, view: DataView, at: number, i: number, isFirst: boolean): number {
    const members = this.#members;
    if (this.#closing.isAt(view, at)) return members.length;
    const marks = this.#marks;
    const mark = nameMark(bytes, view, at + (isFirst ? this.#layout.opening : this.#separator).length);
    for (let next = i + 1; next < marks.length; next++) {
      if (marks[next] !== mark) continue;
      const { opening, before } = members[next] as MemberPlan;
      if ((isFirst ? opening : before).isAt(view, at)) return next;
    }
    return members.length;
  }

  /** Fills the cells of the members from `from` to before `to`, which the line lacks; false where that may not be. */
  #lack(from: number, to: number, row: number): boolean {
    if (!this.#layout.mayLack) return false;
    for (let i = from; i < to; i++) {
      const { column, mayMiss } = this.#members[i] as MemberPlan;
      if (column === undefined) continue;
      if (!mayMiss) return false;
      column.tags[row] = cellTags.missing;
    }
    return true;
  }
}

/** What tells most names apart in one look (1 ns against 13 ns of a pattern): the length of the one whose quote is at `open`, or of what is before its first escape, and the two bytes before and behind that. */
function nameMark(bytes: Buffer, view: DataView, open: number): number {
  const end = plainEnd(bytes, view, open + 1);
  const length = end - open - 1;
  if (length === 0 || end + 2 > bytes.length) return length;
  return view.getInt32(end - 2, true) ^ Math.imul(length, 0x9e3779b1);
}

/** Whether an element that lacks a property of this name has undefined there, and nothing that every object has (`constructor`). */
export function mayMiss(name: string): boolean {
  return !(name in Object.prototype);
}
