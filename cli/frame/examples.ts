/** The section of examples at the end of a help page. */
export function examples(...lines: readonly (readonly [command: string, explanation: string])[]): string {
  const width = Math.max(...lines.map(([command]) => command.length));
  const shown = lines.map(([command, explanation]) => `  $ ailab-datasets ${command.padEnd(width)}  # ${explanation}`);
  return ['', 'Examples:', ...shown].join('\n');
}
