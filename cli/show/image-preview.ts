/** Pixels as a reader decodes them. */
export interface PreviewPixels {
  readonly data: ArrayLike<number>;
  /** Height, width, channels. */
  readonly shape: readonly number[];
}

/** How pixels are drawn: two to a character, in true colour or in the 256 colours that every terminal has, or as shades of plain letters. */
export type PreviewStyle = 'true colour' | '256 colours' | 'letters';

/** What a terminal can show. COLORTERM is how terminals tell that they have true colour. */
export function previewStyle(coloured: boolean, env: Readonly<Record<string, string | undefined>>): PreviewStyle {
  if (!coloured) return 'letters';
  return /truecolor|24bit/.test(env['COLORTERM'] ?? '') ? 'true colour' : '256 colours';
}

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
      return style === 'letters' ? letterCell(top, bottom) : colourCell(top, bottom, style);
    });
    lines.push(style === 'letters' ? cells.join('').trimEnd() : `${cells.join('')}\u001b[0m`);
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

// SGR 38 and 48: foreground (the upper half) and background (the lower half), by components (;2) or by number (;5).
function colourCell(top: Rgb, bottom: Rgb, style: Exclude<PreviewStyle, 'letters'>): string {
  const code = (rgb: Rgb): string => (style === 'true colour' ? `2;${rgb.join(';')}` : `5;${paletteColour(rgb)}`);
  return `\u001b[38;${code(top)};48;${code(bottom)}m${upperHalfBlock}`;
}

/** The nearest of xterm's 256 colours: 24 greys from 232 on, and a cube of 6 × 6 × 6 from 16 on, whose first step is 95 and the others 40. */
function paletteColour([red, green, blue]: Rgb): number {
  if (red === green && green === blue && red >= 4 && red <= 246) return 232 + Math.min(23, Math.round((red - 8) / 10));
  const step = (component: number): number =>
    component < 48 ? 0 : component < 115 ? 1 : Math.round((component - 55) / 40);
  return 16 + 36 * step(red) + 6 * step(green) + step(blue);
}

function letterCell(top: Rgb, bottom: Rgb): string {
  const brightness = (luma(top) + luma(bottom)) / 2 / 255;
  return shades[Math.min(shades.length - 1, Math.floor(brightness * shades.length))] ?? ' ';
}

/** ITU-R BT.601. */
function luma([red, green, blue]: Rgb): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}
