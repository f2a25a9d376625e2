import { closeRunners } from './index.js';

/** Mocha's root hooks: runners for all test files, ended with the last of them. */
export const mochaHooks = { afterAll: closeRunners };
