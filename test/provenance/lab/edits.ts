import type { Verdict } from '../../../src/provenance/index.js';
import type { Change } from './lab.js';

/** Something that somebody does to the lab's repository, and what is to be said of it. */
export interface Edit {
  readonly what: string;
  readonly changes: readonly Change[];
  readonly dataset: string;
  readonly verdict: Verdict;
  /** Parts that `why` calls different. */
  readonly parts: readonly string[];
  /** How a build ends: nothing done, attested, or refused as other content under the same version. */
  readonly build: 'exists' | 'attested' | 'refused';
  readonly bump?: 'minor' | 'major';
}

const users = 'datasets/users/builder.ts';
const items = 'datasets/items/builder.ts';
const steps = 'datasets/steps/builder.ts';
const clicksSql = 'datasets/clicks/clicks.sql';

const nothing = { verdict: 'nothing', parts: [], build: 'exists' } as const;
const rebuild = (build: Edit['build'], ...parts: readonly string[]) => ({ verdict: 'rebuild', parts, build }) as const;
const bump = (level: 'minor' | 'major', ...parts: readonly string[]) =>
  ({ verdict: 'bump', bump: level, parts, build: 'refused' }) as const;

export const edits: readonly Edit[] = [
  { what: 'nothing', changes: [], dataset: 'users', ...nothing },
  {
    what: 'a comment',
    changes: [['lib/letters.ts', '// Small letters.', '// SMALL letters.']],
    dataset: 'users',
    ...nothing,
  },
  { what: 'formatting', changes: [['lib/letters.ts', '{\n  return', '{\n\n    return']], dataset: 'users', ...nothing },
  { what: 'a type', changes: [['lib/clean.ts', 'text: string', 'text: string & {}']], dataset: 'users', ...nothing },
  { what: 'a docstring of the class', changes: [[users, '/** The', '/** This is the']], dataset: 'users', ...nothing },
  { what: 'a release note', changes: [[users, "'Newest.'", "'The newest one.'"]], dataset: 'users', ...nothing },
  {
    what: "the card's description",
    changes: [[users, 'About users.', 'All about users.']],
    dataset: 'users',
    ...nothing,
  },
  { what: "a feature's description", changes: [[users, 'as typed', 'as it was typed']], dataset: 'users', ...nothing },
  { what: 'a unit', changes: [[steps, "unit: 'm'", "unit: 'km'"]], dataset: 'steps', ...nothing },
  {
    what: "a config's description",
    changes: [['datasets/regions/builder.ts', 'Of Europe', 'Of all Europe']],
    dataset: 'regions/eu',
    ...nothing,
  },
  {
    what: 'the reason for keeping personal data',
    changes: [['datasets/people/builder.ts', 'Tests need it', 'They do']],
    dataset: 'people',
    ...nothing,
  },
  {
    what: 'a comment in a query',
    changes: [[clicksSql, '-- of the log', '-- of all logs']],
    dataset: 'clicks',
    ...nothing,
  },
  { what: 'line breaks of a query', changes: [[clicksSql, '\nFROM', '\n  FROM']], dataset: 'clicks', ...nothing },
  {
    what: 'a file that no data set uses',
    changes: [['lib/other.ts', '', 'export const other = 1;']],
    dataset: 'users',
    ...nothing,
  },
  {
    what: 'a source that was written again with the same content',
    changes: [['datasets/users/users.csv', 'id', 'id']],
    dataset: 'users',
    ...nothing,
  },
  {
    what: "another data set's helper",
    changes: [['lib/clean.ts', 'letters(text)', 'letters(text) + "!"']],
    dataset: 'items',
    ...nothing,
  },
  { what: 'snapshot time, of which examples are made', changes: [], dataset: 'fixed', ...nothing },

  {
    what: 'a helper of a helper',
    changes: [['lib/letters.ts', 'toLowerCase', 'toUpperCase']],
    dataset: 'users',
    ...rebuild('refused', 'module ../../lib/letters.ts'),
    bump: 'major',
  },
  {
    what: 'a helper of a helper, to the same effect',
    changes: [['lib/letters.ts', 'tidy(text).toLowerCase()', 'tidy(text.toLowerCase())']],
    dataset: 'users',
    ...rebuild('attested', 'module ../../lib/letters.ts'),
  },
  {
    what: 'a function that nobody calls',
    changes: [['lib/clean.ts', 'unused = 1', 'unused = 2']],
    dataset: 'users',
    ...rebuild('attested', 'module ../../lib/clean.ts'),
  },
  {
    what: 'a package, to the same effect',
    changes: [['node_modules/text-kit/package.json', '1.0.0', '1.0.1']],
    dataset: 'items',
    ...rebuild('attested', 'package text-kit'),
  },
  {
    what: 'a package that does something else',
    changes: [
      ['node_modules/text-kit/package.json', '1.0.0', '2.0.0'],
      ['node_modules/text-kit/index.js', 'text.trim()', 'text + "."'],
    ],
    dataset: 'items',
    ...rebuild('refused', 'package text-kit'),
  },
  {
    what: 'a query',
    changes: [[clicksSql, "= 'click'", "= 'view'"]],
    dataset: 'clicks',
    ...rebuild('refused', 'query clicks.sql'),
  },
  {
    what: 'a query, to the same effect',
    changes: [[clicksSql, 'CAST(id AS BIGINT) >= $least', '$least <= CAST(id AS BIGINT)']],
    dataset: 'clicks',
    ...rebuild('attested', 'query clicks.sql'),
  },
  {
    what: 'a parameter of a query',
    changes: [['datasets/clicks/builder.ts', '3n', '9n']],
    dataset: 'clicks',
    ...rebuild('refused', 'module builder.ts', 'parameters of clicks.sql'),
  },
  {
    what: 'a source that has grown',
    changes: [['datasets/users/users.csv', 'id,name\n', 'id,name\n99,Late\n']],
    dataset: 'users',
    ...rebuild('refused', 'source users.csv'),
  },
  {
    what: "a query's table that has grown",
    changes: [['datasets/clicks/log.csv', 'kind\n', 'kind\n99,1,click\n']],
    dataset: 'clicks',
    ...rebuild('refused', 'source log.csv'),
  },
  {
    what: "rows of a query's table that it doesn't take",
    changes: [['datasets/clicks/log.csv', 'kind\n', 'kind\n99,1,view\n']],
    dataset: 'clicks',
    ...rebuild('attested', 'source log.csv'),
  },
  {
    what: 'a file that code reads by itself',
    changes: [['datasets/words/words.txt', 'beta', 'delta']],
    dataset: 'words',
    ...rebuild('refused', 'file words.txt'),
  },
  {
    what: 'what was asked once',
    changes: [['datasets/steps/most.json', '15', '16']],
    dataset: 'steps',
    ...rebuild('refused', 'fact most', 'file most.json'),
  },
  {
    what: 'a range, which is only checked',
    changes: [[steps, '[0, 100]', '[0, 200]']],
    dataset: 'steps',
    ...rebuild('attested', 'module builder.ts'),
  },
  {
    what: 'the key',
    changes: [[users, 'keyBy((row: any) => row.id)', "keyBy((row: any) => 'u' + row.id)"]],
    dataset: 'users',
    ...rebuild('refused', 'module builder.ts'),
  },
  {
    what: 'a split that was renamed',
    changes: [[users, '{ train: read', '{ everyone: read']],
    dataset: 'users',
    ...rebuild('refused', 'module builder.ts'),
  },
  {
    what: 'a config that gives other rows',
    changes: [['datasets/regions/builder.ts', '=== this.config', '!== this.config']],
    dataset: 'regions/us',
    ...rebuild('refused', 'module builder.ts'),
  },

  {
    what: 'a label that was renamed, though its number is the same',
    changes: [[items, "'film'", "'movie'"]],
    dataset: 'items',
    ...bump('major', 'module builder.ts', 'schema'),
  },
  {
    what: 'a feature that was added',
    changes: [
      [users, 'name: text({', "length: scalar('int64'), name: text({"],
      [users, 'name: clean(row.name)', 'name: clean(row.name), length: row.name.length'],
    ],
    dataset: 'users',
    ...bump('minor', 'module builder.ts', 'schema'),
  },
  {
    what: 'a type that was widened',
    changes: [['datasets/sessions/builder.ts', "clicks: scalar('int64')", "clicks: scalar('float64')"]],
    dataset: 'sessions',
    ...bump('major', 'module builder.ts', 'schema'),
  },
];
