import assert from 'node:assert/strict';
import fc from 'fast-check';
import { renderTable, styleFor, textWidth } from '../../../cli/terminal/index.js';

const plain = styleFor(false, {});

describe('renderTable', () => {
  it('aligns columns, numbers to the right', () => {
    const text = renderTable(
      [{ title: 'split' }, { title: 'examples', align: 'right' }, { title: 'note' }],
      [
        ['train', '60,000', 'shuffled'],
        ['test', '7', ''],
      ],
      80,
      plain,
    );
    assert.equal(text, ['split  examples  note', 'train    60,000  shuffled', 'test          7'].join('\n'));
  });

  it('wraps text at spaces so that the table fits the terminal, and leaves numbers whole', () => {
    const text = renderTable(
      [{ title: 'name' }, { title: 'rows', align: 'right' }, { title: 'description' }],
      [['a', '1,234,567', 'what the user saw when the page was opened']],
      36,
      plain,
    );
    assert.equal(
      text,
      [
        'name       rows  description',
        'a     1,234,567  what the user saw',
        '                 when the page was',
        '                 opened',
      ].join('\n'),
    );
  });

  it('counts columns of East Asian letters and none for colours', () => {
    const red = styleFor(true, { FORCE_COLOR: '1' }).red;
    const text = renderTable(
      [
        { title: 'name', dress: red },
        { title: 'n', align: 'right' },
      ],
      [
        ['日本', '1'],
        ['abcd', '2'],
      ],
      80,
      plain,
    );
    assert.deepEqual(text.split('\n').map(textWidth), [7, 7, 7]);
  });

  it('is never wider than the terminal where text can give way', () => {
    const cell = fc.string({ maxLength: 60, unit: 'grapheme-ascii' });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell), { minLength: 1 }),
        fc.integer({ min: 20, max: 120 }),
        (rows, width) => {
          const text = renderTable([{ title: 'a' }, { title: 'b' }], rows, width, plain);
          return text.split('\n').every((line) => textWidth(line) <= width);
        },
      ),
    );
  });

  it('loses no word when it wraps', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,30}$/), { minLength: 1 });
    fc.assert(
      fc.property(words, fc.integer({ min: 8, max: 60 }), (list, width) => {
        const text = renderTable([{ title: '' }], [[list.join(' ')]], width, plain);
        return text.replace(/\s/g, '') === list.join('');
      }),
    );
  });
});
