import assert from 'node:assert/strict';
import { labFiles } from '../lab-files.js';

/** Files of the lab that several edits change. */
export const files = {
  users: 'datasets/users/builder.ts',
  usersCsv: 'datasets/users/users.csv',
  items: 'datasets/items/builder.ts',
  clicks: 'datasets/clicks/builder.ts',
  clicksSql: 'datasets/clicks/clicks.sql',
  log: 'datasets/clicks/log.csv',
  sessions: 'datasets/sessions/builder.ts',
  steps: 'datasets/steps/builder.ts',
  words: 'datasets/words/words.txt',
  regions: 'datasets/regions/builder.ts',
  people: 'datasets/people/builder.ts',
} as const;

/** What a file of the lab holds. */
export function labFile(path: string): string {
  return labFiles[path] ?? assert.fail(`the lab has no ${path}`);
}
