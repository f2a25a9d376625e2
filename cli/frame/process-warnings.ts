import { printable, type Terminal } from '../terminal/index.js';

/**
 * Prints what the library warns of where nobody takes it (`process.emitWarning`) as commands print warnings. Those of Node and of packages stay as Node has them.
 */
export function showProcessWarnings({ notes }: Terminal): void {
  const others = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (warning.name === 'DatasetsWarning') notes.write(`warning: ${printable(warning.message)}\n`);
    else for (const listener of others) listener(warning);
  });
}
