import type { BuildReport } from '../../src/registry/index.js';
import {
  formatBytes,
  formatCount,
  formatCounted,
  formatDuration,
  printable,
  renderTable,
  type Style,
  type TextOutput,
} from '../terminal/index.js';

/** Builds that have ended, as a table, the newest first. */
export function endedBuildsText(reports: readonly BuildReport[], out: TextOutput): string {
  if (reports.length === 0) return 'No build has ended here yet.';
  const columns = [
    { title: 'build', dress: out.style.bold },
    { title: 'of' },
    { title: 'outcome' },
    { title: 'ended' },
    { title: 'took', align: 'right' },
    { title: 'examples', align: 'right' },
    { title: 'error' },
  ] as const;
  const rows = reports.map((report) => [
    report.id,
    report.reference,
    report.outcome,
    report.endedAt.slice(0, 16).replace('T', ' '),
    formatDuration(report.seconds),
    report.splits.length === 0 ? '' : formatCount(total(report.splits.map(({ examples }) => examples))),
    report.error?.code ?? '',
  ]);
  return renderTable(columns, rows, out.width, out.style);
}

/** All that a report says: what, how it ended, with what code, where, under which settings, what it did and said. */
export function reportText(report: BuildReport, out: TextOutput): string {
  const { style } = out;
  const heading = `${style.bold(report.reference)} ${outcomeText(report.outcome, style)} in ${formatDuration(report.seconds)}`;
  return [
    `${heading}\nbuild ${report.id}`,
    section('Error', errorText(report)),
    section('What was made', table(madeRows(report))),
    section('Splits', splitsText(report)),
    section('Stages', stagesText(report)),
    section('Sources', sourcesText(report)),
    section('Counters', table(Object.entries(report.counters).map(([name, count]) => [name, formatCount(count)]))),
    section('Code', table(codeRows(report))),
    section('Packages', table(Object.entries(report.packages ?? {}).map(([name, version]) => [name, version]))),
    section('Where', table(whereRows(report))),
    section('Settings', table(settingRows(report))),
    section('Facts', table(factRows(report))),
    section('Warnings', report.warnings.map(printable).join('\n')),
    section('Log', logText(report)),
  ]
    .filter((part) => part !== '')
    .join('\n\n');

  function section(title: string, body: string): string {
    return body === '' ? '' : `${style.bold(title)}\n${body}`;
  }

  function table(rows: readonly (readonly [string, string])[]): string {
    const shown = rows.filter(([, value]) => value !== '').map((row) => row.map(printableLines));
    return renderTable([{ title: '', dress: style.dim }, { title: '' }], shown, out.width, style);
  }

  function splitsText({ splits }: BuildReport): string {
    const columns = [
      { title: 'split' },
      { title: 'examples', align: 'right' },
      { title: 'shards', align: 'right' },
      { title: 'content digest' },
    ] as const;
    const rows = splits.map(({ name, examples, shards, contentDigest }) => [
      name,
      formatCount(examples),
      formatCount(shards),
      contentDigest.slice(0, 12),
    ]);
    return renderTable(columns, rows, out.width, style);
  }

  function stagesText({ stages }: BuildReport): string {
    const columns = [
      { title: 'stage' },
      { title: 'does' },
      { title: 'tasks', align: 'right' },
      { title: 'rows', align: 'right' },
      { title: 'to read', align: 'right' },
      { title: 'took', align: 'right' },
    ] as const;
    const rows = stages.map(({ name, phase = '', tasks, rows: count, bytes, seconds }) => [
      printable(name),
      phase,
      formatCount(tasks),
      count === undefined ? 'not ended' : formatCount(count),
      bytes === undefined ? '' : formatBytes(bytes),
      seconds === undefined ? '' : formatDuration(seconds),
    ]);
    return renderTable(columns, rows, out.width, style);
  }

  function sourcesText({ sources }: BuildReport): string {
    const columns = [
      { title: 'source' },
      { title: 'size', align: 'right' },
      { title: 'billed', align: 'right' },
      { title: 'left out', align: 'right' },
      { title: 'digest' },
    ] as const;
    const rows = sources.map(({ uri, bytes, bytesBilled, badRows, digest = '' }) => [
      printable(uri),
      bytes === undefined ? '' : formatBytes(bytes),
      bytesBilled === undefined ? '' : formatBytes(bytesBilled),
      badRows === undefined ? '' : formatCounted(badRows, 'row'),
      digest.slice(0, 20),
    ]);
    return renderTable(columns, rows, out.width, style);
  }
}

function outcomeText(outcome: BuildReport['outcome'], style: Style): string {
  switch (outcome) {
    case 'published':
      return style.green('published');
    case 'attested':
      return style.green('gave the data that was published, and that was noted');
    case 'refused':
      return style.red('was refused by a rule');
    case 'failed':
      return style.red('failed');
    case 'interrupted':
      return style.yellow('was interrupted');
  }
}

function errorText({ error }: BuildReport): string {
  if (error === undefined) return '';
  const at = Object.entries(error.at).map(([part, value]) => `  ${part}: ${printable(String(value))}`);
  const hint = error.hint === undefined ? [] : [`hint: ${printable(error.hint)}`];
  return [`${error.code}: ${printable(error.message)}`, ...at, ...hint].join('\n');
}

function madeRows({
  contentDigest = '',
  fingerprint = '',
  files,
  snapshotTime = '',
  upstream,
  units,
  ...costs
}: BuildReport) {
  return [
    ['content digest', contentDigest],
    ['fingerprint', fingerprint],
    ['files', files === undefined ? '' : `${formatCount(files.count)}, ${formatBytes(files.bytes)}`],
    ['as of', snapshotTime],
    ['made from', upstream.map(({ reference }) => reference).join(', ')],
    ['units of work', units === undefined ? '' : `${formatCount(units.run)} done, ${formatCount(units.reused)} reused`],
    ['read', formatBytes(costs.bytesRead)],
    ['billed', costs.bytesBilled === 0 ? '' : formatBytes(costs.bytesBilled)],
    ['peak memory', formatBytes(costs.peakMemoryBytes)],
  ] as const;
}

function codeRows({ git, sdkVersion }: BuildReport) {
  const files = (git?.files ?? []).map(printable);
  const more = git === undefined || git.moreFiles === 0 ? [] : [`and ${formatCount(git.moreFiles)} more`];
  return [
    ['ailab-datasets', sdkVersion],
    ['commit', git === undefined ? 'none: the builder is in no git checkout' : (git.commit ?? 'none yet')],
    ['branch', git?.branch ?? ''],
    ['not committed', git?.dirty === true ? [...files, ...more].join('\n') : ''],
  ] as const;
}

function whereRows({ environment, host, pid, actor, startedAt, endedAt, engine, job, buildId = '' }: BuildReport) {
  const { node, icu, unicode, locale, timeZone, platform, architecture, processors, memoryBytes } = environment;
  return [
    ['by', `${actor}, on ${host}, pid ${pid}`],
    ['from, to', `${startedAt}, ${endedAt}`],
    ['Node', `${node}, ICU ${icu}, Unicode ${unicode}, locale ${locale}, time zone ${timeZone}`],
    ['machine', `${platform} ${architecture}, ${formatCounted(processors, 'processor')}, ${formatBytes(memoryBytes)}`],
    [
      'engine',
      Object.entries(engine)
        .map(([name, value]) => `${name} ${textOf(value)}`)
        .join(', '),
    ],
    ['job', job === undefined ? '' : `${job.id} on ${job.service}${job.url === undefined ? '' : `: ${job.url}`}`],
    ['staged as', buildId],
  ] as const;
}

function settingRows({ settings, options }: BuildReport) {
  return [
    ...Object.entries(settings).map(([name, { value, from }]) => [name, `${textOf(value)} (${from})`] as const),
    ...Object.entries(options).map(([name, value]) => [name, `${textOf(value)} (asked for)`] as const),
  ];
}

function factRows({ seeds, facts }: BuildReport) {
  return Object.entries(facts).map(([name, digest]) => {
    const seed = seeds[name];
    return [name, seed === undefined ? `sha256 ${digest}` : String(seed)] as const;
  });
}

function logText({ log }: BuildReport): string {
  const lines = (part: BuildReport['log']['first']) => part.map(({ time, text }) => `${time} ${printable(text)}`);
  const omitted = log.omitted === 0 ? [] : [`... ${formatCounted(log.omitted, 'line')} ...`];
  return [...lines(log.first), ...omitted, ...lines(log.last)].join('\n');
}

function textOf(value: BuildReport['options'][string] | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Line breaks are ours. */
function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
