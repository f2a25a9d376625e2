import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** This package's version, from the package.json beside `dist/`. */
export const packageVersion: string = (require('../../../../package.json') as { readonly version: string }).version;
