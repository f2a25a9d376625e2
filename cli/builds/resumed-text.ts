import type { ResumedStage, ResumedWork } from '../../src/engines/index.js';
import { formatCount, formatDuration } from '../terminal/index.js';

/** `resumes the build that stopped 12 min ago: 9 of 12 source shards, 3 of 4 shards are there` */
export function resumedText({ stoppedAt, stages }: ResumedWork, nowMilliseconds: number): string {
  const ago = formatDuration(Math.max(0, (nowMilliseconds - stoppedAt.getTime()) / 1000));
  const kinds = [
    ['source', 'source shards'],
    ['shuffle', 'groups of partitions'],
    ['shards', 'shards'],
  ] as const;
  const parts = kinds.flatMap(([kind, name]) => countText(stages, kind, name));
  const there = parts.length === 0 ? 'nothing of it is finished' : `${parts.join(', ')} are there`;
  return `resumes the build that stopped ${ago} ago: ${there}`;
}

function countText(stages: readonly ResumedStage[], kind: ResumedStage['kind'], name: string): readonly string[] {
  const ofKind = stages.filter((stage) => stage.kind === kind);
  const sum = (pick: (stage: ResumedStage) => number) => ofKind.reduce((total, stage) => total + pick(stage), 0);
  const tasks = sum((stage) => stage.tasks);
  return tasks === 0 ? [] : [`${formatCount(sum((stage) => stage.done))} of ${formatCount(tasks)} ${name}`];
}
