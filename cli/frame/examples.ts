/** Commands up to here have their explanation beside them. */
const longestCommand = 60;

/** The section of examples at the end of a help page. */
export function examples(...lines: readonly (readonly [command: string, explanation: string])[]): string {
  const width = Math.max(...lines.map(([command]) => command.length));
  const shown = lines.flatMap(([command, explanation]) =>
    width > longestCommand
      ? [`  # ${explanation}`, `  $ ailab-datasets ${command}`]
      : [`  $ ailab-datasets ${command.padEnd(width)}  # ${explanation}`],
  );
  return ['', 'Examples:', ...shown].join('\n');
}
