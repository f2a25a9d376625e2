import { createRequire } from 'node:module';
import { dirname } from 'node:path';

const require = createRequire(import.meta.url);

/** This package's version, from the package.json beside `dist/`. */
export const packageVersion: string = (require('../../../../package.json') as { readonly version: string }).version;

/** Where this package lies on this machine, absolute. */
export const packageDirectory: string = dirname(require.resolve('../../../../package.json'));
