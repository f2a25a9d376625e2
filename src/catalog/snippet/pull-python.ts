import { readFileSync } from 'node:fs';
import { pythonString } from './python-text.js';
import type { RemoteOrigin } from './snippet-version.js';

/** Packages that the program imports, as pip names them. */
export const pullPackages = ['google-cloud-storage'] as const;

/** Python that resolves a reference in a remote registry and fetches the version: `pull.py`, with the registry's URL. */
export function pullProgram({ registry }: RemoteOrigin): string {
  const program = readFileSync(new URL('./pull.py', import.meta.url), 'utf8');
  return program.replace(/^REGISTRY = .*$/m, () => `REGISTRY = ${pythonString(registry)}`);
}
