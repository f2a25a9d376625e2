import assert from 'node:assert/strict';
import { severalBuilds } from '../../../cli/progress/index.js';
import { styleFor } from '../../../cli/terminal/index.js';

const style = styleFor(false, {});

function displayOn(isTerminal: boolean, quiet = false) {
  const texts: string[] = [];
  const notes = { isTerminal, width: 60, style, write: (text: string) => void texts.push(text) };
  const display = severalBuilds({
    terminal: { out: notes, notes },
    flags: { quiet },
    signal: new AbortController().signal,
  });
  return { display, texts };
}

describe('progress of several builds at once', () => {
  it('is a line each on a terminal, below what stays, and gone when the build has ended', () => {
    const { display, texts } = displayOn(true);
    display.start('users:1.0.0');
    display.start('ranking/20261121:1.0.0');
    display.onProgress('users:1.0.0', { type: 'stage-start', stage: 'read', tasks: 4, rows: 1000 });
    display.onProgress('users:1.0.0', { type: 'rows', stage: 'read', rows: 250 });
    display.note('clicks:1.0.0 published');
    const [, ...drawn] = (texts.at(-1) ?? '').split('\u001b[J');
    const lines = drawn.join('').split('\n');
    assert.equal(lines[0], 'clicks:1.0.0 published');
    assert.match(lines[1] ?? '', /^users:1\.0\.0 {2}read {2}25 % {2}250 rows {2}/);
    assert.match(lines[2] ?? '', /^ranking\/20261121:1\.0\.0 {2}/);
    assert.ok(lines.every(({ length }) => length < 60));
    display.end('users:1.0.0');
    display.end('ranking/20261121:1.0.0');
    display.note('ranking/20261121:1.0.0 published');
    display.close();
    // Up over the two lines, and nothing but the note in their place.
    assert.ok((texts.at(-1) ?? '').endsWith('ranking/20261121:1.0.0 published\n'));
  });

  it('is what began and what ended in a log, and nothing where nobody wants it', () => {
    const log = displayOn(false);
    log.display.start('users:1.0.0');
    log.display.onProgress('users:1.0.0', { type: 'rows', stage: 'read', rows: 250 });
    log.display.note('users:1.0.0 published');
    log.display.close();
    assert.deepEqual(log.texts, ['users:1.0.0 published\n']);
    const quiet = displayOn(true, true);
    quiet.display.start('users:1.0.0');
    quiet.display.note('users:1.0.0 published');
    assert.deepEqual(quiet.texts, []);
  });
});
