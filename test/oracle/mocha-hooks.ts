import { closeOracle } from './index.js';

/** Mocha's root hooks: one oracle for all test files, ended with the last of them. */
export const mochaHooks = { afterAll: closeOracle };
