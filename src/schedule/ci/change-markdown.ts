import type { ErrorCode, ErrorLocation } from '../../core/errors/index.js';
import type { StepAction } from '../plan/rebuild-plan.js';
import type { Change, ChangePlan, SampleOutcome } from './change-plan.js';
import { isBumpTooSmall } from './plan-changes.js';

/** GitHub takes comments of 65,536 characters. */
const mostCharacters = 60_000;

/** By this line a comment is found again, and written over. */
export const commentMarker = '<!-- ailab-datasets ci plan -->';

/** The plan as a comment for a pull request: Markdown as GitHub and GitLab have it. It holds names, numbers and reasons, and no value of an example. */
export function changeMarkdown({ base, plan, changes, verdict }: ChangePlan): string {
  const lines = [commentMarker, `### Data sets that this changes, against \`${base}\``, ''];
  if (changes.length === 0) lines.push('None: no data set would be built for it.');
  else lines.push(...table(changes), '', billLine(plan.bytesToBill));
  for (const change of changes) lines.push(...details(change));
  if (plan.warnings.length > 0) lines.push('', ...plan.warnings.map((warning) => `- ${safe(warning)}`));
  lines.push('', verdictLines[verdict]);
  return shortened(`${lines.join('\n')}\n`);
}

const verdictLines = {
  fine: 'Merging publishes what is new; no alias moves, so nobody reads another version until it is promoted.',
  bump: '**A version has to be raised** before this can be published: `ailab-datasets bump NAME --auto -m "what has changed"`.',
  failed: '**Not all of it can be built.**',
} as const;

const actionTexts: Readonly<Record<StepAction, string>> = {
  build: 'is built',
  rebuild: 'is built and compared',
  maybe: 'may be built',
  person: 'needs a decision',
  broken: 'is broken',
  nothing: 'stays',
  unknown: 'stays',
};

function table(changes: readonly Change[]): readonly string[] {
  return [
    '| data set | what happens | why | bump | billed |',
    '|---|---|---|---|---|',
    ...changes.map((change) => {
      const { reference, action, because, bytesToBill, error } = change.step;
      const why = action === 'broken' && error !== undefined ? errorText(error) : because;
      return `| ${[code(reference), actionTexts[action], safe(why), bumpText(change), bytesText(bytesToBill)].join(' | ')} |`;
    }),
  ];
}

function bumpText(change: Change): string {
  const { before, declaredBump, sample } = change;
  if (before === undefined || declaredBump === undefined) return 'first version';
  const required = sample?.status === 'built' ? sample.requiredBump : undefined;
  const declared = declaredBump === 'none' ? 'none' : `${declaredBump} after ${code(before)}`;
  if (isBumpTooSmall(change)) return `**${declared}, too small: at least ${required}**`;
  return required === undefined || required === declaredBump ? declared : `${declared}; a sample shows ${required}`;
}

function details({ step, before, sample }: Change): readonly string[] {
  const files = step.touchedBy.map((file) => `- changed: ${code(file)}`);
  const hint = step.hint === undefined ? [] : [`- ${safe(step.hint)}`];
  const shown = [...hint, ...(sample === undefined ? [] : sampleLines(sample, before)), ...files];
  if (shown.length === 0) return [];
  return ['', `<details><summary>${escaped(step.reference)}</summary>`, '', ...shown, '', '</details>'];
}

function sampleLines(sample: SampleOutcome, before: string | undefined): readonly string[] {
  switch (sample.status) {
    case 'waits':
      return [`- no sample: it is made from ${sample.for.map(code).join(', ')}, not published yet`];
    case 'failed':
      return [`- **no sample can be built**: ${safe(errorText(sample.error))}`];
    case 'built': {
      const counts = sample.splits.map(({ name, examples }) => `${name} ${examples.toLocaleString('en')}`).join(', ');
      const found = sample.differences.map((line) => `  - ${safe(line)}`);
      const against =
        before === undefined ? '' : `, against ${code(before)}${found.length === 0 ? ': no difference' : ':'}`;
      return [`- a sample was built (${safe(counts)})${against}`, ...found];
    }
  }
}

/** Errors of which the message may quote an example, or what the author's own code has thrown. Who may see the log sees it there. */
const quoting: ReadonlySet<string> = new Set<ErrorCode>([
  'EXAMPLE_INVALID',
  'KEY_INVALID',
  'KEY_DUPLICATE',
  'SOURCE_MALFORMED',
  'VALUE_UNSUPPORTED',
  'JOIN_UNMATCHED',
  'USER_CODE',
  'GRAPH_MISMATCH',
  'JOB_FAILED',
  'QUERY_INVALID',
  'INTERNAL',
]);

/** An error of this package, or what a plan has noted of one. */
interface ShownError {
  readonly code: string;
  readonly message: string;
  readonly at: ErrorLocation;
}

function errorText({ code: name, message, at }: ShownError): string {
  if (!quoting.has(name)) return `${name}: ${firstLine(message)}`;
  const { split, field, transform, file } = at;
  const known = Object.entries({ split, field, transform, file }).flatMap(([what, value]) =>
    value === undefined ? [] : [`${what} ${value}`],
  );
  return `${name}${known.length === 0 ? '' : ` (${known.join(', ')})`}; the log of a build says more: its message may quote data`;
}

function billLine(bytes: number | undefined): string {
  return bytes === undefined
    ? 'Nobody can say what a warehouse would bill.'
    : `A warehouse would bill at most ${bytesText(bytes)}.`;
}

function bytesText(bytes: number | undefined): string {
  if (bytes === undefined) return 'unknown';
  if (bytes < 1024) return `${bytes} B`;
  const units = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  const power = Math.min(units.length, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(1)} ${units[power - 1]}`;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

function code(text: string): string {
  return `\`${text.replaceAll('`', "'").replaceAll('|', '\\|')}\``;
}

/** Text that becomes no table, no HTML, and nobody's mention: `product_a@prod` is no account. */
function safe(text: string): string {
  return escaped(text.replaceAll(/\s+/g, ' ').trim())
    .replaceAll(/[|*_[\]\\]/g, '\\$&')
    .replaceAll('@', '@<!-- -->');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('`', '&#96;');
}

function shortened(text: string): string {
  if (text.length <= mostCharacters) return text;
  const cut = text.lastIndexOf('\n', mostCharacters);
  return `${text.slice(0, cut)}\n\nThe rest is in the log of the job: it is too long for a comment.\n`;
}
