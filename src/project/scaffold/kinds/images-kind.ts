import type { DatasetText } from '../dataset-text.js';

/** PNG, 16 pixels square, grey: a shape in black on white. */
const images = {
  circle:
    'iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAAAAAA6mKC9AAAALUlEQVR42mP4jwYYcAgwAAGSAAMUwAQYGJBEsAkwMCCLkCdA2BZMh2E6Ha9vATkEj3E4CJoHAAAAAElFTkSuQmCC',
  square:
    'iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAAAAAA6mKC9AAAAFklEQVR42mP4jwYYsAgwIIGhLkDAtwBJBW+RVq9s9gAAAABJRU5ErkJggg==',
} as const;

const imagesBySplit = { train: 3, test: 1 } as const;

const summary = 'Shapes, one in each image.';

/** A folder of images, a class each folder: metadata and nothing else. */
export const imagesKind: DatasetText = {
  summary,
  imports: ['ImageFolderBuilder', 'type ImageFolderFeatures'],
  declarations: `type Shape = 'circle' | 'square';
`,
  schemaType: 'ImageFolderFeatures<Shape>',
  base: 'ImageFolderBuilder<Shape>',
  members: `
  // images/<split>/<label>/<name>.png or .jpg, in this folder; gs:// does as well.
  protected override readonly layout = {
    folder: 'images',
    splits: ['train', 'test'],
    // In the order of their numbers.
    labels: ['circle', 'square'],
    // Height, width, channels; null where it varies.
    shape: [16, 16, 1],
  } as const;

  protected override describe() {
    return { description: '${summary}', license: 'CC0-1.0' };
  }
`,
  test: { split: 'train', holds: `    assert.deepEqual(example.image.shape, [16, 16, 1]);\n` },
  card: {
    origin: 'the folder images',
    license: 'CC0-1.0',
    example: 'One image with its label.',
    splits: 'An image belongs to the split that its folder is named for.',
  },
  files: Object.fromEntries(
    Object.entries(imagesBySplit).flatMap(([split, count]) =>
      Object.entries(images).flatMap(([label, base64]) =>
        Array.from({ length: count }, (_, index) => [
          `images/${split}/${label}/${index}.png`,
          new Uint8Array(Buffer.from(base64, 'base64')),
        ]),
      ),
    ),
  ),
};
