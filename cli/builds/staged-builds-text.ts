import type { ListedBuild } from '../../src/project/index.js';
import { formatBytes, formatDuration, printable, renderTable, type TextOutput } from '../terminal/index.js';

/** The builds that run or were left, as a table. */
export function stagedBuildsText(builds: readonly ListedBuild[], out: TextOutput, now: Date): string {
  if (builds.length === 0) return 'No build runs, and none was left.';
  const titles = ['build', 'state', 'by', 'since', 'last heartbeat', 'finished'];
  const table = renderTable(
    titles.map((title, column) => (column === 0 ? { title, dress: out.style.bold } : { title })),
    builds.map((build) => [
      build.buildId,
      stateText(build),
      build.process === undefined ? '' : `${build.process.host}, pid ${build.process.pid}`,
      build.startedAt === undefined ? '' : build.startedAt.slice(0, 16).replace('T', ' '),
      build.lastHeartbeat === undefined ? '' : agoText(build.lastHeartbeat, now),
      finishedText(build),
    ]),
    out.width,
    out.style,
  );
  const refusals = builds.map(refusalText).filter((text) => text !== '');
  return [table, ...refusals].join('\n\n');
}

function isRefused({ state, refusal }: ListedBuild): boolean {
  return refusal !== undefined && state !== 'running';
}

/** What was found, where it can be looked at, and how it is published all the same; empty for a build that was not refused. */
function refusalText(build: ListedBuild): string {
  const { refusal, reference, directory } = build;
  if (refusal === undefined || !isRefused(build)) return '';
  return [
    `${build.buildId} was refused on ${refusal.refusedAt.slice(0, 16).replace('T', ' ')}:`,
    ...refusal.findings.map(({ message }) => `- ${printable(message)}`),
    ...(directory === undefined ? [] : [`look at it:  ailab-datasets show ${directory}/version`]),
    ...(reference === undefined ? [] : [`publish it:  ailab-datasets build ${reference} --accept "why it is right"`]),
  ].join('\n');
}

function stateText(build: ListedBuild): string {
  const { state, isPublishing, isResumable } = build;
  if (isRefused(build)) return 'refused';
  if (state === 'running') return isPublishing ? 'publishing' : 'running';
  // The next build, or `remove`, ends what was begun.
  if (isPublishing) return `${state} while publishing`;
  return isResumable ? `${state}, reusable` : state;
}

/** The clock of the storage may be ahead of this one. */
function agoText(moment: Date, now: Date): string {
  return `${formatDuration(Math.max(0, now.getTime() - moment.getTime()) / 1000)} ago`;
}

function finishedText({ finished, directory }: ListedBuild): string {
  if (finished === undefined) return directory === undefined ? 'on another machine' : '';
  const stages = finished.stages.map(({ stage, done, of }) => `${stage} ${done}/${of}`);
  return [...stages, formatBytes(finished.bytes)].join(', ');
}

/** What is known of one of them. */
export function stagedBuildText(build: ListedBuild, out: TextOutput, now: Date): string {
  const { style, width } = out;
  const rows = [
    ['builds', build.reference ?? 'not known: it died before it could say'],
    ['state', stateText(build)],
    ['by', build.process === undefined ? 'nobody' : `${build.process.host}, pid ${build.process.pid}`],
    ['since', build.startedAt ?? ''],
    ['last heartbeat', build.lastHeartbeat === undefined ? '' : agoText(build.lastHeartbeat, now)],
    ['finished', finishedText(build)],
    ['directory', build.directory ?? ''],
  ].filter(([, value]) => value !== '');
  const facts = renderTable([{ title: '', dress: style.dim }, { title: '' }], rows, width, style);
  return `${style.bold(build.buildId)} ${stateText(build)}\n${facts}\n${isRefused(build) ? refusalText(build) : 'Its report is written when it ends.'}`;
}
