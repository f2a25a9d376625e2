import assert from 'node:assert/strict';
import fc from 'fast-check';
import { imagePreview, previewStyle } from '../../../cli/show/image-preview.js';

const escapeCode = String.fromCharCode(27);

describe('the preview of an image', () => {
  it('draws dark and bright pixels as letters, two rows to a line', () => {
    const data = Uint8Array.of(0, 255, 0, 255, 128, 128, 128, 128);
    assert.deepEqual(imagePreview({ data, shape: [4, 2, 1] }, 40, 'letters'), [' @', '++']);
  });

  it('draws two pixels to a cell in colour', () => {
    const data = Uint8Array.of(255, 0, 0, 0, 0, 255);
    const [line] = imagePreview({ data, shape: [2, 1, 3] }, 40, 'true colour');
    assert.equal(line, `${escapeCode}[38;2;255;0;0;48;2;0;0;255m▀${escapeCode}[0m`);
    const [palette] = imagePreview({ data, shape: [2, 1, 3] }, 40, '256 colours');
    assert.equal(palette, `${escapeCode}[38;5;196;48;5;21m▀${escapeCode}[0m`);
  });

  it('takes what the terminal has', () => {
    assert.equal(previewStyle(false, { COLORTERM: 'truecolor' }), 'letters');
    assert.equal(previewStyle(true, { COLORTERM: 'truecolor' }), 'true colour');
    assert.equal(previewStyle(true, {}), '256 colours');
  });

  it('never is wider than it may be, whatever the image', () => {
    const size = fc.integer({ min: 0, max: 90 });
    fc.assert(
      fc.property(
        size,
        size,
        fc.constantFrom(1, 2, 3, 4),
        fc.integer({ min: 1, max: 60 }),
        (height, width, channels, columns) => {
          const data = new Uint8Array(height * width * channels).fill(200);
          const lines = imagePreview({ data, shape: [height, width, channels] }, columns, 'letters');
          return (
            lines.every((line) => line.length <= Math.min(columns, width)) && lines.length <= Math.ceil(height / 2)
          );
        },
      ),
    );
  });
});
