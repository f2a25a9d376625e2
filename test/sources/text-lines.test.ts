import assert from 'node:assert/strict';
import fc from 'fast-check';
import { textLines } from '../../src/sources/index.js';
import { readAll, TemporaryFolder } from './read-all.js';

describe('textLines', () => {
  let folder: TemporaryFolder;
  before(() => {
    folder = new TemporaryFolder();
  });
  after(() => folder.remove());

  it('gives every line back, wherever the file is cut', async () => {
    const line = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll(/[\r\n\ufeff]/g, ''));
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 40 }),
        fc.constantFrom('\n', '\r\n'),
        fc.integer({ min: 1, max: 100 }),
        async (lines, end, rangeBytes) => {
          const name = folder.write('lines.txt', lines.map((text) => text + end).join(''));
          const { elements, positions } = await readAll(textLines(name, { rangeBytes }), folder.context);
          assert.deepEqual(elements, lines);
          assert.deepEqual(
            positions,
            lines.map((_, i) => `lines.txt line ${i + 1}`),
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  it('takes a last line that no line feed ends', async () => {
    const { elements } = await readAll(textLines(folder.write('open.txt.gz', 'a\n\nb')), folder.context);
    assert.deepEqual(elements, ['a', '', 'b']);
  });

  it('reads a line longer than a block', async () => {
    const long = 'é'.repeat(300_000);
    const { elements } = await readAll(textLines(folder.write('long.txt', `${long}\n${long}x\n`)), folder.context);
    assert.deepEqual(elements, [long, `${long}x`]);
  });

  it('names the first byte that is not UTF-8', async () => {
    const content = Buffer.concat([Buffer.from('ä\nö'), Buffer.from([0xc3, 0x28]), Buffer.from('\n')]);
    const name = folder.write('latin.txt', content);
    await assert.rejects(
      readAll(textLines(name), folder.context),
      /latin.txt line 2, column 2: byte 0xc3 is not valid UTF-8/,
    );
  });
});
