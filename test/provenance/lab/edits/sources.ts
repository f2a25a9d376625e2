import { build } from '../../../../src/build/index.js';
import { yank } from '../../../../src/promotion/index.js';
import { attested, type Edit, nothing, refused } from './edit.js';
import { files, labFile } from './files.js';

const { users, usersCsv, log, words, clicks, clicksSql } = files;
const [usersHead = '', ...usersRows] = labFile(usersCsv).trimEnd().split('\n');
const usersWith = (rows: readonly string[], lineEnd = '\n') =>
  [usersCsv, '', [usersHead, ...rows, ''].join(lineEnd)] as const;

/** Edits of what data sets read: files, tables, versions of other data sets. */
export const sourceEdits: readonly Edit[] = [
  {
    what: 'a source that has grown',
    changes: [usersWith([...usersRows, '99,Late'])],
    dataset: 'users',
    ...refused('major', 'source users.csv'),
  },
  {
    what: 'a source that lost rows',
    changes: [usersWith(usersRows.slice(1))],
    dataset: 'users',
    ...refused('major', 'source users.csv'),
  },
  {
    what: 'a value in a source',
    changes: [[usersCsv, '7,User 7', '7,Someone']],
    dataset: 'users',
    ...refused('major', 'source users.csv'),
  },
  {
    what: 'a value in a source of which nothing is kept (white space around a name)',
    changes: [[usersCsv, '7,User 7', '7,  User 7  ']],
    dataset: 'users',
    ...attested('source users.csv'),
  },
  {
    what: 'the order of the rows of a source',
    changes: [usersWith(usersRows.toReversed())],
    dataset: 'users',
    ...attested('source users.csv'),
  },
  {
    what: 'line ends of a source',
    changes: [usersWith(usersRows, '\r\n')],
    dataset: 'users',
    ...attested('source users.csv'),
  },
  {
    what: "a query's table that has grown",
    changes: [[log, 'kind\n', 'kind\n99,1,click\n']],
    dataset: 'clicks',
    ...refused('major', 'source log.csv'),
  },
  {
    what: "rows of a query's table that it doesn't take",
    changes: [[log, 'kind\n', 'kind\n99,1,view\n']],
    dataset: 'clicks',
    ...attested('source log.csv'),
  },
  {
    what: "a column of a query's table that it doesn't read",
    changes: [
      [
        log,
        '',
        labFile(log)
          .replace('kind\n', 'kind,time\n')
          .replaceAll(/(click|view)\n/g, '$1,1\n'),
      ],
    ],
    dataset: 'clicks',
    ...attested('source log.csv'),
  },
  {
    what: 'a file that code reads by itself',
    changes: [[words, 'beta', 'delta']],
    dataset: 'words',
    ...refused('major', 'file words.txt'),
  },
  {
    what: 'white space in a file that code reads by itself, and trims',
    changes: [[words, 'gamma\n', 'gamma\n\n']],
    dataset: 'words',
    ...attested('file words.txt'),
  },
  {
    what: 'what was asked once (`p.once`)',
    changes: [['datasets/steps/most.json', '15', '16']],
    dataset: 'steps',
    ...refused('major', 'fact most', 'file most.json'),
  },
  {
    what: 'another data set that is read, with a new version of other rows',
    changes: [usersWith(usersRows.slice(1)), [users, "{ '1.1.0'", "{ '2.0.0': 'Fewer.', '1.1.0'"]],
    afterwards: (config) => build('users', { config }),
    dataset: 'affinity',
    ...refused('major', 'upstream users'),
  },
  {
    what: 'another data set that is read as `1.*.*`, with a 2.0.0 of other rows',
    changes: [
      [clicksSql, "= 'click'", "= 'view'"],
      [clicks, "{ '1.1.0'", "{ '2.0.0': 'Views.', '1.1.0'"],
    ],
    afterwards: (config) => build('clicks', { config }),
    dataset: 'sessions',
    ...nothing,
  },
  {
    what: 'another data set that is read, with a new version of the same rows',
    changes: [[clicks, "{ '1.1.0'", "{ '1.1.1': 'Nothing new.', '1.1.0'"]],
    afterwards: (config) => build('clicks', { config }),
    dataset: 'sessions',
    ...nothing,
  },
  {
    what: 'another data set that is read, attested after its code has changed',
    changes: [['lib/letters.ts', 'tidy(text).toLowerCase()', 'tidy(text.toLowerCase())']],
    afterwards: (config) => build('users', { config }),
    dataset: 'affinity',
    ...nothing,
  },
  {
    what: 'another data set that is read, overwritten with other rows (on a laptop)',
    changes: [usersWith([...usersRows, '99,Late'])],
    afterwards: (config) => build('users', { config, ifExists: 'overwrite' }),
    dataset: 'affinity',
    ...refused('major', 'upstream users'),
  },
  {
    what: 'another data set that is read, yanked',
    changes: [],
    afterwards: (config) => yank('affinity:1.1.0', { reason: 'a wrong join', config }),
    dataset: 'ranking',
    ...{ verdict: 'bump', parts: [], build: 'exists', bump: 'none' },
  },
];
