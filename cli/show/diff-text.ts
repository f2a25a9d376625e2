import type { ReferenceDiff } from '../../src/catalog/index.js';
import { type Json, type JsonObject, stringifyJson } from '../../src/core/json/index.js';
import { formatReference } from '../../src/core/names/index.js';
import { type ChangedFeature, type ExampleDiff, fieldOf, type SplitDiff } from '../../src/quality/index.js';
import { formatBytes, formatCount, printable, renderTable, type TextOutput, truncate } from '../terminal/index.js';

const longestValue = 60;

/** A difference as people read it: what it takes, features, a table of the splits, and examples side by side. */
export function diffText(diff: ReferenceDiff, out: TextOutput): string {
  const sections = [
    [headline(diff, out), ...diff.notes.map((note) => out.style.yellow(printable(note)))],
    featureLines(diff, out),
    splitTable(diff.splits, out),
    ...diff.splits.flatMap(({ split, examples }) => examples.map((example) => exampleLines(split, example, out))),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

const bumps: Readonly<Record<ReferenceDiff['bump'], string>> = {
  none: 'nothing differs',
  patch: 'a PATCH: what clients read is the same',
  minor: 'a MINOR bump: existing data is the same, and there is more of it',
  major: 'a MAJOR bump: existing data differs, or slices give other records',
};

const decidedBy: Readonly<Record<ReferenceDiff['comparedBy'], string>> = {
  digests: 'by the content digests',
  index: 'by the key index',
  values: 'by the values of the features that both have',
  counts: 'by numbers of examples alone',
};

function headline({ before, after, bump, comparedBy }: ReferenceDiff, { style }: TextOutput): string {
  const isUndecided = comparedBy === 'counts' && bump !== 'major';
  const verdict = isUndecided ? 'nobody can tell whether examples are the same' : bumps[bump];
  return `${style.bold(`${formatReference(before)} → ${formatReference(after)}`)}: ${verdict} (compared ${decidedBy[comparedBy]})`;
}

function featureLines({ features, metadata }: ReferenceDiff, out: TextOutput): readonly string[] {
  const { style, width } = out;
  const rows = [
    ...features.added.map(({ path, feature }) => ['+', path, typeText(feature)]),
    ...features.removed.map(({ path, feature }) => ['-', path, typeText(feature)]),
    ...features.changed.map((feature) => ['~', feature.path, changeText(feature)]),
    ...features.privacy.map(({ path, before, after }) => ['~', path, `${markText(before)} → ${markText(after)}`]),
  ];
  const table = renderTable([{ title: '' }, { title: 'feature' }, { title: '' }], rows, width, style);
  const names = (what: string, list: readonly string[]) => (list.length === 0 ? [] : [`${what}: ${list.join(', ')}`]);
  return [
    ...(table === '' ? [] : table.split('\n').map((line) => coloured(line, out))),
    ...names('other documentation of', features.documentation),
    ...names('besides the data', metadata),
  ];
}

function coloured(line: string, { style }: TextOutput): string {
  if (line.startsWith('+')) return style.green(line);
  if (line.startsWith('-')) return style.red(line);
  return line.startsWith('~') ? style.yellow(line) : line;
}

function changeText({ before, after }: ChangedFeature): string {
  return `${typeText(before)} → ${typeText(after)}`;
}

/** `tensor float32 [80]`, `class-label cat, dog`: what a feature is, without its documentation. */
function typeText(feature: Json): string {
  if (!isObject(feature)) return stringifyJson(feature);
  const { kind, fields, feature: inner, pii: _, privacy: __, ...attributes } = feature;
  const details = Object.values(attributes).filter((value) => value !== null);
  const within = fields !== undefined ? ['{…}'] : inner === undefined ? [] : [`of ${typeText(inner)}`];
  const texts = details.map((value) => (typeof value === 'string' ? value : stringifyJson(value)));
  return truncate(printable([String(kind), ...texts, ...within].join(' ')), 2 * longestValue);
}

function markText(feature: Json): string {
  const pii = isObject(feature) ? feature['pii'] : undefined;
  return pii === undefined ? 'not marked as personal data' : `personal data (${String(pii)})`;
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function splitTable(splits: readonly SplitDiff[], { style, width }: TextOutput): readonly string[] {
  const count = (value: number | undefined) => (value === undefined ? '—' : formatCount(value));
  const rows = splits.map(({ split, status, before, after, content, keys }) => {
    const word = status === 'kept' ? content : status;
    return [split, word, ...[before, after, keys?.same, keys?.added, keys?.removed, keys?.changed].map(count)];
  });
  const numbers = ['before', 'after', 'same', 'added', 'removed', 'changed'];
  const columns = [{ title: 'split' }, { title: '' }, ...numbers.map((title) => ({ title, align: 'right' as const }))];
  const table = renderTable(columns, rows, width, style);
  return table === '' ? [] : [table];
}

/** Fields side by side; those that differ are marked. */
function exampleLines(split: string, example: ExampleDiff, { style, width }: TextOutput): readonly string[] {
  const { change, key, fields, before, after } = example;
  const colour = { added: style.green, removed: style.red, changed: style.yellow }[change];
  const title = `${split}: key ${key} ${colour(change)}`;
  const paths = [...new Set([...pathsOf(before), ...pathsOf(after)])];
  const isOneSided = change !== 'changed';
  const rows = paths.map((path) => [
    fields.includes(path) ? '*' : '',
    path,
    ...(isOneSided
      ? [valueText(fieldOf(before ?? after, path))]
      : [before, after].map((side) => valueText(fieldOf(side, path)))),
  ]);
  const columns = isOneSided
    ? [{ title: '' }, { title: '' }, { title: '' }]
    : [{ title: '', dress: style.yellow }, { title: '' }, { title: 'before' }, { title: 'after' }];
  return [title, renderTable(columns, rows, width, style)];
}

/** Of the fields of an example as it is shown; plain objects are records. */
function pathsOf(value: unknown, path = ''): readonly string[] {
  if (!isRecord(value)) return path === '' ? [] : [path];
  return Object.entries(value).flatMap(([name, inner]) => pathsOf(inner, path === '' ? name : `${path}/${name}`));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function valueText(value: unknown): string {
  if (value === undefined || value === null) return '—';
  if (value instanceof Uint8Array) {
    return `${formatBytes(value.length)}: ${Buffer.from(value.subarray(0, 8)).toString('hex')}${value.length > 8 ? '…' : ''}`;
  }
  return truncate(printable(stringifyJson(value)), longestValue);
}
