import { closeGcs } from './index.js';

/** Mocha's root hooks: one server for all test files, ended with the last of them. */
export const mochaHooks = { afterAll: closeGcs };
