import { isToDo, type RebuildPlan, type RebuildStep, type StepAction } from '../../src/schedule/index.js';
import { formatBytes, formatCounted, renderTable, type TextOutput } from '../terminal/index.js';

const words: Readonly<Record<StepAction, string>> = {
  build: 'build',
  rebuild: 'compare',
  maybe: 'perhaps',
  person: 'needs a person',
  broken: 'broken',
  nothing: 'nothing to do',
  unknown: 'nothing to do',
};

/** A plan as a table, in the order in which it would run; what is as it should be is counted alone. */
export function planText(plan: RebuildPlan, out: TextOutput): string {
  const { steps, warnings } = plan;
  const shown = steps.filter(isToDo);
  const rest = steps.length - shown.length;
  const unknown = steps.filter(({ action }) => action === 'unknown');
  const columns = [
    { title: 'wave', align: 'right' },
    { title: 'data set' },
    { title: 'what' },
    { title: 'why' },
    { title: 'aliases' },
    { title: 'billed', align: 'right' },
  ] as const;
  const rows = shown.map((step) => [
    String(step.wave),
    step.reference,
    words[step.action],
    whyText(step),
    step.aliases.join(', '),
    billedText(step.bytesToBill),
  ]);
  return [
    shown.length === 0
      ? `Nothing to do: ${formatCounted(steps.length, 'data set')} looked at.`
      : renderTable(columns, rows, out.width, out.style),
    ...(shown.length > 0 && rest > 0
      ? [`${formatCounted(rest, 'other')} ${rest === 1 ? 'is' : 'are'} as a build would give.`]
      : []),
    ...unknown.map(({ reference, because }) => `${reference}: left as it is, ${because}.`),
    ...(shown.length > 0 && plan.bytesToBill !== 0
      ? [`At most ${billedText(plan.bytesToBill)} would be billed in all.`]
      : []),
    ...warnings.map((warning) => out.style.yellow(warning)),
  ].join('\n');
}

function whyText({ because, hint, touchedBy }: RebuildStep): string {
  const touched =
    touchedBy.length === 0
      ? ''
      : ` (changed: ${touchedBy.slice(0, 3).join(', ')}${touchedBy.length > 3 ? ', ...' : ''})`;
  return `${because}${touched}${hint === undefined ? '' : `\n${hint}`}`;
}

function billedText(bytes: number | undefined): string {
  if (bytes === undefined) return 'unknown';
  return bytes === 0 ? '' : formatBytes(bytes);
}
