/** Pixels as a reader decodes them. */
export interface PreviewPixels {
  readonly data: ArrayLike<number>;
  /** Height, width, channels. */
  readonly shape: readonly number[];
}

/** How pixels are drawn: two to a character in true colour, or as shades of plain letters. */
export type PreviewStyle = 'colour' | 'letters';

/** From dark to bright, by how much of the cell each letter fills. */
const shades = ' .:-=+*#%@';
const upperHalfBlock = '\u2580';

/**
 * An image as lines of text, at most `columns` wide; larger images are sampled, smaller ones are never enlarged.
 *
 * A cell of a terminal is twice as high as wide, so one character stands for two pixels, one above the other.
 *
 * @param largest the value of a bright pixel: 255 for 8 bit
 */
export function imagePreview(
  pixels: PreviewPixels,
  columns: number,
  style: PreviewStyle,
  largest = 255,
): readonly string[] {
  const [height = 0, width = 0, channels = 1] = pixels.shape;
  if (height === 0 || width === 0) return [];
  const scale = Math.max(1, width / columns);
  const shownColumns = Math.max(1, Math.floor(width / scale));
  const shownRows = Math.max(1, Math.floor(height / scale));
  const at = (row: number, column: number): Rgb => {
    const y = Math.min(height - 1, Math.floor((row + 0.5) * scale));
    const x = Math.min(width - 1, Math.floor((column + 0.5) * scale));
    return rgbAt(pixels.data, (y * width + x) * channels, channels, 255 / largest);
  };
  const lines: string[] = [];
  for (let row = 0; row < shownRows; row += 2) {
    const cells = Array.from({ length: shownColumns }, (_, column) => {
      const top = at(row, column);
      const bottom = row + 1 < shownRows ? at(row + 1, column) : top;
      return style === 'colour' ? colourCell(top, bottom) : letterCell(top, bottom);
    });
    lines.push(style === 'colour' ? `${cells.join('')}\u001b[0m` : cells.join('').trimEnd());
  }
  return lines;
}

type Rgb = readonly [red: number, green: number, blue: number];

/** Grey for one or two channels; a second or fourth channel is opacity, over black. */
function rgbAt(data: ArrayLike<number>, offset: number, channels: number, factor: number): Rgb {
  const opacity = channels === 2 || channels === 4 ? ((data[offset + channels - 1] ?? 0) * factor) / 255 : 1;
  const channel = (index: number): number => Math.round((data[offset + index] ?? 0) * factor * opacity);
  return channels < 3 ? [channel(0), channel(0), channel(0)] : [channel(0), channel(1), channel(2)];
}

// ECMA-48 SGR 38;2 and 48;2: foreground (the upper half) and background (the lower half) in true colour.
function colourCell(top: Rgb, bottom: Rgb): string {
  return `\u001b[38;2;${top.join(';')};48;2;${bottom.join(';')}m${upperHalfBlock}`;
}

function letterCell(top: Rgb, bottom: Rgb): string {
  const brightness = (luma(top) + luma(bottom)) / 2 / 255;
  return shades[Math.min(shades.length - 1, Math.floor(brightness * shades.length))] ?? ' ';
}

/** ITU-R BT.601. */
function luma([red, green, blue]: Rgb): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}
