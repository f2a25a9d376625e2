import { closeBigQuery } from './index.js';

/** Mocha's root hooks: one emulator for all test files, ended with the last of them. */
export const mochaHooks = { afterAll: closeBigQuery };
