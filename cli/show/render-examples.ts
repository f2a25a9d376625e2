import type { ShownExamples } from '../../src/catalog/index.js';
import { DatasetsError } from '../../src/core/errors/index.js';
import { formatReference, nearestHint } from '../../src/core/names/index.js';
import { formatCount, type TextOutput, textWidth, wrap } from '../terminal/index.js';
import { type ExampleLine, exampleLines } from './example-lines.js';
import { imagePreview, type PreviewPixels, type PreviewStyle } from './image-preview.js';
import { rebuildableText } from './rebuildable-text.js';

export interface RenderOptions {
  /** Index of the first example. */
  readonly skip: number;
  /** Paths of features to show, or of records that hold them; undefined shows all. */
  readonly fields: readonly string[] | undefined;
  /** How images are drawn; undefined describes them in words alone. */
  readonly images: PreviewStyle | undefined;
}

const previewColumns = 56;

/** Examples for the terminal: a heading, then field by field, small images as pictures. */
export async function renderExamples(shown: ShownExamples, options: RenderOptions, out: TextOutput): Promise<string> {
  const { info, split, length } = shown;
  const heading = `${out.style.bold(formatReference(info))}  ${split}, ${formatCount(length)} examples`;
  const rebuildable = info.manifest?.rebuildable;
  const title =
    rebuildable === undefined
      ? heading
      : [heading, ...wrap(`rebuildable ${rebuildableText(rebuildable)}`, out.width).map(out.style.dim)].join('\n');
  const blocks: string[] = [];
  let isHiding = false;
  for (const [index, example] of shown.examples.entries()) {
    const lines = chosenLines(exampleLines(shown.schema, example, shown.isHidden), options.fields);
    isHiding ||= lines.some(({ hidden }) => hidden);
    blocks.push(await exampleBlock(lines, options.skip + index, options.images, out));
  }
  if (blocks.length === 0) blocks.push('no examples here');
  if (isHiding)
    blocks.push(out.style.dim('Personal data is shown as a prefix of its hash; --reveal shows it as it is.'));
  return [title, ...blocks].join('\n\n');
}

function chosenLines(lines: readonly ExampleLine[], fields: readonly string[] | undefined): readonly ExampleLine[] {
  if (fields === undefined) return lines;
  const matches = (line: ExampleLine, field: string): boolean =>
    line.path === field || line.path.startsWith(`${field}/`);
  const unknown = fields.find((field) => !lines.some((line) => matches(line, field)));
  if (unknown === undefined) return lines.filter((line) => fields.some((field) => matches(line, field)));
  throw new DatasetsError('USAGE', `--fields names ${unknown}, which is no feature`, {
    hint: nearestHint(
      unknown,
      lines.map(({ path }) => path),
      'features',
    ),
    at: { field: unknown },
  });
}

async function exampleBlock(
  lines: readonly ExampleLine[],
  index: number,
  images: PreviewStyle | undefined,
  out: TextOutput,
): Promise<string> {
  const { style } = out;
  const nameColumns = Math.max(...lines.map(({ path }) => textWidth(path)));
  const indent = ' '.repeat(nameColumns + 4);
  const rendered = [style.dim(`example ${formatCount(index)}`)];
  for (const { path, text, image } of lines) {
    const [first = '', ...rest] = wrap(text, out.width - indent.length);
    rendered.push(
      `  ${style.cyan(path)}${' '.repeat(nameColumns - textWidth(path))}  ${first}`,
      ...rest.map((line) => indent + line),
    );
    const preview = images === undefined ? [] : await previewOf(image, images, out);
    rendered.push(...preview.map((line) => indent + line));
  }
  return rendered.join('\n');
}

/** A picture of an image that can be decoded; nothing for others: the line above has described it. */
async function previewOf(image: unknown, style: PreviewStyle, out: TextOutput): Promise<readonly string[]> {
  if (typeof image !== 'object' || image === null || !('pixels' in image) || typeof image.pixels !== 'function')
    return [];
  try {
    const pixels = (await image.pixels()) as PreviewPixels;
    const largest = pixels.data instanceof Uint16Array ? 65_535 : pixels.data instanceof Float32Array ? 1 : 255;
    return imagePreview(pixels, Math.min(previewColumns, out.width - 4), style, largest);
  } catch (error) {
    // A JPEG without the package sharp, an interlaced PNG: the line above has described it.
    if (error instanceof DatasetsError) return [];
    throw error;
  }
}
