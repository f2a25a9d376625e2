import assert from 'node:assert/strict';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatRate,
  printable,
  styleFor,
  textWidth,
  truncate,
} from '../../../cli/terminal/index.js';

const escapeCode = String.fromCharCode(27);

describe('numbers in the terminal', () => {
  it('have thousands separators and units', () => {
    assert.equal(formatCount(1234567), '1,234,567');
    assert.equal(formatCount(-1234n), '-1,234');
    assert.equal(formatCount(2n ** 64n), '18,446,744,073,709,551,616');
    assert.equal(formatBytes(0), '0 B');
    assert.equal(formatBytes(1023), '1,023 B');
    assert.equal(formatBytes(19_833_210), '18.9 MiB');
    assert.equal(formatBytes(2 ** 40 * 2000), '2,000 TiB');
    assert.equal(formatDuration(0.44), '0.4 s');
    assert.equal(formatDuration(59.6), '1 min 00 s');
    assert.equal(formatDuration(3599.7), '1 h 00 min');
    assert.equal(formatDuration(7800), '2 h 10 min');
    assert.equal(formatRate(1_507_000), '1.5M');
    assert.equal(formatRate(25_400), '25k');
    assert.equal(formatRate(999), '999');
  });
});

describe('text from data', () => {
  it('cannot move the cursor, colour the screen or break its line', () => {
    const hostile = `a${escapeCode}[2Jb\r\nc\u0007\u202ed\u009b1m`;
    const shown = printable(hostile);
    assert.equal(shown, 'a\\u001b[2Jb\\r\\nc\\u0007\\u202ed\\u009b1m');
  });

  it('keeps letters of every script', () => {
    assert.equal(printable('naïve 日本 🙂'), 'naïve 日本 🙂');
  });

  it('is cut at columns, not at code units', () => {
    assert.equal(truncate('日本語', 5), '日本…');
    assert.equal(truncate('abc', 3), 'abc');
    assert.equal(textWidth(truncate('🙂🙂🙂🙂', 4)), 3);
  });
});

describe('colours', () => {
  it('are for terminals alone, and NO_COLOR switches them off', () => {
    assert.equal(styleFor(true, {}).red('x'), `${escapeCode}[31mx${escapeCode}[39m`);
    assert.equal(styleFor(false, {}).red('x'), 'x');
    assert.equal(styleFor(true, { NO_COLOR: '1' }).red('x'), 'x');
    assert.equal(styleFor(true, { NO_COLOR: '' }).red('x'), `${escapeCode}[31mx${escapeCode}[39m`);
    assert.equal(styleFor(true, { TERM: 'dumb' }).red('x'), 'x');
  });
});
