import type { Style } from './style.js';
import { textWidth, wrap } from './text-width.js';

/** One column of a table. Numbers stand to the right; text wraps when the table is wider than the terminal. */
export interface TableColumn {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** How a cell is dressed once it is laid out. */
  readonly dress?: (text: string) => string;
}

const gap = '  ';
const narrowestColumn = 8;

/**
 * Lays a table out in aligned columns, at most `width` wide where that is possible. Cells are plain text; they may hold line breaks.
 *
 * @returns lines joined with `\n`, without one at the end; '' for no rows. There is no header where no column has a title.
 */
export function renderTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  width: number,
  style: Style,
): string {
  if (rows.length === 0) return '';
  const widths = columnWidths(columns, rows, width);
  const header = columns.map((column) => column.title);
  const titled = header.some((title) => title !== '');
  const lines = [
    ...(titled ? layOut(columns, header, widths, (text) => style.dim(text)) : []),
    ...rows.flatMap((row) => layOut(columns, row, widths)),
  ];
  return lines.join('\n');
}

function columnWidths(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  width: number,
): readonly number[] {
  const widths = columns.map((column, index) =>
    Math.max(textWidth(column.title), ...rows.flatMap((row) => (row[index] ?? '').split('\n').map(textWidth))),
  );
  let surplus = widths.reduce((sum, columnWidth) => sum + columnWidth, 0) + gap.length * (columns.length - 1) - width;
  // The widest text column gives way first, down to the next widest, and so on.
  while (surplus > 0) {
    const candidates = widths.map((columnWidth, index) => (columns[index]?.align === 'right' ? 0 : columnWidth));
    const widest = Math.max(...candidates);
    if (widest <= narrowestColumn) break;
    const index = candidates.indexOf(widest);
    const second = Math.max(narrowestColumn, ...candidates.filter((_, other) => other !== index));
    const cut = Math.max(1, Math.min(surplus, widest - second, widest - narrowestColumn));
    widths[index] = widest - cut;
    surplus -= cut;
  }
  return widths;
}

function layOut(
  columns: readonly TableColumn[],
  row: readonly string[],
  widths: readonly number[],
  dressAll?: (text: string) => string,
): readonly string[] {
  const cells = columns.map((_, index) => wrap(row[index] ?? '', widths[index] ?? 0));
  const height = Math.max(1, ...cells.map((cell) => cell.length));
  return Array.from({ length: height }, (_, line) => {
    const parts = columns.map((column, index) => {
      const text = cells[index]?.[line] ?? '';
      const padding = ' '.repeat(Math.max(0, (widths[index] ?? 0) - textWidth(text)));
      const dress = dressAll ?? column.dress;
      const dressed = dress === undefined || text === '' ? text : dress(text);
      return column.align === 'right' ? padding + dressed : dressed + padding;
    });
    return parts.join(gap).trimEnd();
  });
}
