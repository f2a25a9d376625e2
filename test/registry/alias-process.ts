/** Moves an alias whenever it is told to, from the state that it is told, and says what came of it. */
import { DatasetsError } from '../../src/core/errors/index.js';
import type { AliasName, DatasetName, Version } from '../../src/core/names/index.js';
import { moveAlias, openRegistry } from '../../src/registry/index.js';

interface Order {
  readonly location: string;
  readonly version: string;
  readonly expected: number;
}

process.on('message', async ({ location, version, expected }: Order) => {
  const target = { version: version as Version };
  const options = { expected, reason: `round ${expected}` };
  const outcome = await moveAlias(
    openRegistry(location),
    'numbers' as DatasetName,
    'prod' as AliasName,
    target,
    options,
  ).then(
    ({ generation }) => `generation ${generation}`,
    (error: unknown) => (error instanceof DatasetsError ? error.code : String(error)),
  );
  process.send?.(outcome);
});
process.send?.('ready');
