import assert from 'node:assert/strict';
import { LiveProgress } from '../../../cli/progress/live-progress.js';
import { PlainProgress } from '../../../cli/progress/plain-progress.js';
import { progressLine } from '../../../cli/progress/progress-line.js';
import { advance, fractionDone, type Stages, secondsLeft } from '../../../cli/progress/stage-progress.js';
import { styleFor, type TextOutput, textWidth } from '../../../cli/terminal/index.js';
import type { BuildProgress } from '../../../src/engines/index.js';

const style = styleFor(false, {});

function recorder(width: number): TextOutput & { readonly texts: string[] } {
  const texts: string[] = [];
  return { isTerminal: true, width, style, texts, write: (text) => texts.push(text) };
}

function stagesAfter(events: readonly (readonly [BuildProgress, number])[]): Stages {
  return events.reduce<Stages>((stages, [event, seconds]) => advance(stages, event, seconds), new Map());
}

describe('progress of a build', () => {
  const start: BuildProgress = { type: 'stage-start', stage: 'read', tasks: 4, rows: 1000 };

  it('estimates the time left from rows where their number is known', () => {
    const stages = stagesAfter([
      [start, 0],
      [{ type: 'rows', stage: 'read', rows: 250 }, 5],
    ]);
    const stage = stages.get('read');
    assert.ok(stage !== undefined);
    assert.equal(fractionDone(stage), 0.25);
    assert.equal(secondsLeft(stage, 5), 15);
    assert.equal(
      progressLine(stage, 5, 100, style),
      'read                ━━━━━━──────────────────   25 %  250 rows  50/s  15 s left',
    );
  });

  it('says how many malformed rows were left out', () => {
    const stage = stagesAfter([
      [start, 0],
      [{ type: 'rows', stage: 'read', rows: 250, badRows: 3 }, 5],
      [{ type: 'rows', stage: 'read', rows: 500 }, 6],
    ]).get('read');
    assert.ok(stage !== undefined);
    assert.match(progressLine(stage, 10, 120, style), /50 % {2}500 rows \(3 bad left out\) {2}50\/s/);
  });

  it('estimates it from tasks otherwise, and says nothing where one task is all there is', () => {
    const some = stagesAfter([
      [{ type: 'stage-start', stage: 'write', tasks: 4 }, 0],
      [{ type: 'task-end', stage: 'write', done: 1, tasks: 4, rows: 10 }, 2],
    ]).get('write');
    const one = stagesAfter([[{ type: 'stage-start', stage: 'write', tasks: 1 }, 0]]).get('write');
    assert.ok(some !== undefined && one !== undefined);
    assert.equal(secondsLeft(some, 2), 6);
    assert.equal(fractionDone(one), undefined);
    assert.match(progressLine(one, 3, 100, style), /0\/1 tasks {2}0 rows {2}0\.0\/s {2}3\.0 s$/);
  });

  it('never wraps: a line is cut to the terminal', () => {
    const stage = stagesAfter([[start, 0]]).get('read');
    assert.ok(stage !== undefined);
    for (let columns = 10; columns < 120; columns++) {
      assert.ok(textWidth(progressLine(stage, 1, columns, style)) < columns, String(columns));
    }
    assert.match(progressLine(stage, 1, 50, style), /0 %.*1\.0 s$/);
  });

  it('redraws its lines in place on a terminal, and shows the cursor again', () => {
    const output = recorder(100);
    let now = 0;
    const live = new LiveProgress(output, () => now, new AbortController().signal);
    live.onProgress(start);
    now = 2;
    live.onProgress({ type: 'stage-end', stage: 'read', rows: 1000, seconds: 2 });
    live.close();
    live.onProgress(start);
    live.close();
    const escapeCode = String.fromCharCode(27);
    assert.match(output.texts.at(-2) ?? '', /100 % {2}1,000 rows {2}500\/s {2}2\.0 s\n$/);
    assert.equal(output.texts.at(-1), `${escapeCode}[?25h`);
  });

  it('leaves its lines alone once the build is interrupted, so that the note stands below them', () => {
    const output = recorder(100);
    const controller = new AbortController();
    const live = new LiveProgress(output, () => 1, controller.signal);
    live.onProgress(start);
    controller.abort();
    const written = output.texts.length;
    live.onProgress({ type: 'rows', stage: 'read', rows: 5 });
    live.close();
    assert.ok(written > 0);
    assert.equal(output.texts.length, written);
  });

  it('writes a line at each stage’s ends and every ten seconds into a log', () => {
    const output = recorder(Number.POSITIVE_INFINITY);
    let now = 0;
    const plain = new PlainProgress(output, () => now);
    plain.onProgress(start);
    for (now = 1; now <= 15; now++) plain.onProgress({ type: 'rows', stage: 'read', rows: now * 50 });
    plain.onProgress({ type: 'stage-end', stage: 'read', rows: 1000, seconds: 16 });
    assert.deepEqual(output.texts, [
      'read: 4 tasks, 1,000 rows\n',
      'read: 50 %, 500 rows, 50/s, 10 s left\n',
      'read: done, 1,000 rows in 16 s (63/s)\n',
    ]);
  });
});
