/** JSON as this package writes it: two spaces, and a line's end at the end. */
export function formatJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
