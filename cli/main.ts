#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { commands } from './commands/index.js';
import { showProcessWarnings } from './frame/process-warnings.js';
import { run } from './frame/run.js';
import { captureStandardError } from './logs/capture-standard-error.js';
import { createTerminal } from './terminal/terminal.js';

/** dist/cli/main.js lies two folders below package.json. */
function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown';
}

// A reader that has seen enough (`list | head -1`) closes the pipe: that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

const terminal = createTerminal(process.stdout, process.stderr, process.env);
showProcessWarnings(terminal);
process.exitCode = await run({
  argv: process.argv.slice(2),
  cwd: process.cwd(),
  env: process.env,
  terminal,
  version: packageVersion(),
  commands,
  captureErrors: captureStandardError,
});
