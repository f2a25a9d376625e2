import type { DatasetCard } from '../../src/catalog/index.js';
import { formatReference } from '../../src/core/names/index.js';
import { groupConfigs } from '../../src/core/snapshots/index.js';
import { rebuildableText } from '../show/rebuildable-text.js';
import { formatBytes, formatCount, printable, renderTable, type TextOutput, wrap } from '../terminal/index.js';
import { fieldTable } from './field-table.js';

/** A data set's card for the terminal: first what it is, then what it holds, then what it may be used for. */
export function renderCard(card: DatasetCard, out: TextOutput): string {
  return [
    heading(card, out),
    prose(card.description, out),
    section('Facts', facts(card, out), out),
    section('Accepted', accepted(card, out), out),
    section('Versions', versions(card, out), out),
    section('Splits', splits(card, out), out),
    section('Features', fieldTable(card.fields, out), out),
    section('Personal data', personalData(card, out), out),
    section('Citation', citation(card, out), out),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function heading(card: DatasetCard, { style }: TextOutput): string {
  const state = card.directory === undefined ? style.yellow('not published') : style.green('published');
  return `${style.bold(formatReference(card))}  ${state}`;
}

const widestProse = 100;

/** Markdown as it is, but for lines of a paragraph, which are filled anew. Lists, code and quotes keep their lines. */
function prose(text: string, out: TextOutput): string {
  const width = Math.min(out.width, widestProse);
  return text
    .trim()
    .split(/\n\s*\n/)
    .map((block) => (/^(?: {4}|\t|[-*+>#|`]|\d+\.)/m.test(block) ? block : block.replace(/\s*\n\s*/g, ' ')))
    .flatMap((block) => ['', ...wrap(block, width)])
    .slice(1)
    .join('\n');
}

function section(title: string, body: string, { style }: TextOutput): string {
  return body === '' ? '' : `${style.bold(title)}\n${body}`;
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}

function facts(card: DatasetCard, out: TextOutput): string {
  const supervised = card.supervisedKeys === undefined ? undefined : card.supervisedKeys.join(' → ');
  const rows = [
    ['config', card.configDescription === undefined ? card.config : `${card.config}: ${card.configDescription}`],
    [
      'configs',
      card.configs.length > 1
        ? groupConfigs(card.configs)
            .map(({ label }) => label)
            .join(', ')
        : undefined,
    ],
    ['supervised', supervised],
    ['licence', firstLine(card.license)],
    ['owner', card.owner],
    ['homepage', card.homepage],
    ['tags', card.tags.length > 0 ? card.tags.join(', ') : undefined],
    ['formats', card.formats.length > 0 ? card.formats.join(', ') : undefined],
    ['published', card.createdAt],
    ['external', card.external && `taken in from ${externalWords[card.external] ?? card.external}; not rebuildable`],
    ['rebuildable', card.external === undefined ? card.rebuildable && rebuildableText(card.rebuildable) : undefined],
    ['content', card.contentDigest === undefined ? undefined : `sha256 ${card.contentDigest.slice(0, 16)}…`],
    ['directory', card.directory],
  ].flatMap(([name, value]) => (name === undefined || value === undefined ? [] : [[name, value]]));
  return table([{ title: '', dress: out.style.dim }, { title: '' }], rows, out);
}

/** That the data is not what was expected of it concerns whoever uses it. */
function accepted(card: DatasetCard, out: TextOutput): string {
  if (card.accepted === undefined) return '';
  const { reason, findings } = card.accepted;
  const lines = findings.map(({ message }) => `- ${message}`);
  return indent(
    [...wrap(`published all the same: ${printable(reason)}`, out.width - 2), ...lines.map(printable)].join('\n'),
  );
}

const externalWords: Readonly<Record<string, string>> = {
  'hugging-face': 'Hugging Face datasets',
  parquet: 'Parquet files',
  tfrecord: 'TFRecord files',
  arrow: 'Arrow files',
};

/** A licence may be the text of the terms: its first line stands for it. */
function firstLine(text: string | undefined): string | undefined {
  return text?.trim().split('\n')[0];
}

function publishedText(published: boolean, yanked: string | undefined): string {
  if (yanked !== undefined) return 'yanked';
  return published ? 'yes' : '';
}

function versions(card: DatasetCard, out: TextOutput): string {
  const rows = card.versions.map(({ version, notes = '', published, yanked }) => [
    version,
    publishedText(published, yanked),
    yanked === undefined ? notes : `${printable(yanked)}${notes && `; ${notes}`}`,
  ]);
  const columns = [{ title: 'version' }, { title: 'published', dress: out.style.green }, { title: 'release notes' }];
  return table(columns, rows, out);
}

/** Only kinds that a feature of the schema names. */
function personalData(card: DatasetCard, out: TextOutput): string {
  const kinds = [...new Set(card.fields.flatMap(({ pii }) => (pii === undefined ? [] : [pii])))];
  const rows = kinds.map((kind) => [kind, card.privacy[kind] ?? 'no policy']);
  return table([{ title: '', dress: out.style.yellow }, { title: '' }], rows, out);
}

function splits(card: DatasetCard, out: TextOutput): string {
  const rows = card.splits.map((split) => [
    split.name,
    formatCount(split.examples),
    formatCount(split.shards),
    split.bytes === undefined ? '?' : formatBytes(split.bytes),
  ]);
  const columns = [
    { title: 'split' },
    { title: 'examples', align: 'right' },
    { title: 'shards', align: 'right' },
    { title: 'size', align: 'right' },
  ] as const;
  return table(columns, rows, out);
}

function table(
  columns: Parameters<typeof renderTable>[0],
  rows: readonly (readonly string[])[],
  out: TextOutput,
): string {
  return indent(renderTable(columns, rows, out.width - 2, out.style)).replace(/^\s+$/, '');
}

/** BibTeX keeps its lines; a sentence is filled. */
function citation({ citation: text }: DatasetCard, out: TextOutput): string {
  if (text === undefined) return '';
  const lines = text.trim();
  return indent(lines.startsWith('@') ? lines : wrap(lines, Math.min(out.width, widestProse) - 2).join('\n'));
}
