import { attested, type Edit, refused } from './edit.js';
import { files } from './files.js';

const { users, items, clicks, clicksSql, regions, steps } = files;
const usersKey = 'keyBy((row: any) => row.id)';

/** Edits of code, packages, queries and parameters. */
export const codeEdits: readonly Edit[] = [
  {
    what: 'a helper of a helper',
    changes: [['lib/letters.ts', 'toLowerCase', 'toUpperCase']],
    dataset: 'users',
    ...refused('major', 'module ../../lib/letters.ts'),
  },
  {
    what: 'a helper of a helper, to the same effect',
    changes: [['lib/letters.ts', 'tidy(text).toLowerCase()', 'tidy(text.toLowerCase())']],
    dataset: 'users',
    ...attested('module ../../lib/letters.ts'),
  },
  {
    what: 'a function that nobody calls',
    changes: [['lib/clean.ts', 'unused = 1', 'unused = 2']],
    dataset: 'users',
    ...attested('module ../../lib/clean.ts'),
  },
  {
    what: 'the file that a helper lies in',
    changes: [
      [
        'lib/small.ts',
        '',
        "import { tidy } from 'text-kit';\nexport const letters = (text: string) => tidy(text).toLowerCase();\n",
      ],
      ['lib/clean.ts', './letters.js', './small.js'],
    ],
    dataset: 'users',
    ...attested('module ../../lib/clean.ts', 'module ../../lib/letters.ts', 'module ../../lib/small.ts'),
  },
  {
    what: 'a field that `info()` sets, and nothing reads',
    changes: [[users, 'return { description', "(this as any).made = 'yes'; return { description"]],
    dataset: 'users',
    ...attested('module builder.ts'),
  },
  {
    what: "a package's version, with the same bytes",
    changes: [['node_modules/text-kit/package.json', '1.0.0', '1.0.1']],
    dataset: 'items',
    ...attested('package text-kit'),
  },
  {
    what: "a package's version, with code to the same effect",
    changes: [
      ['node_modules/text-kit/package.json', '1.0.0', '1.1.0'],
      ['node_modules/text-kit/index.js', 'text.trim()', 'text.trimStart().trimEnd()'],
    ],
    dataset: 'items',
    ...attested('package text-kit'),
  },
  {
    what: "a package's version, with code that does something else",
    changes: [
      ['node_modules/text-kit/package.json', '1.0.0', '2.0.0'],
      ['node_modules/text-kit/index.js', 'text.trim()', 'text + "."'],
    ],
    dataset: 'items',
    ...refused('major', 'package text-kit'),
  },
  {
    what: 'a package that is imported as well, and not used',
    changes: [
      [
        'node_modules/other-kit/package.json',
        '',
        '{ "name": "other-kit", "version": "3.0.0", "type": "module", "main": "index.js" }',
      ],
      ['node_modules/other-kit/index.js', '', 'export const other = 1;\n'],
      [items, 'import { letters }', "import { other } from 'other-kit';\nvoid other;\nimport { letters }"],
    ],
    dataset: 'items',
    ...attested('module builder.ts', 'package other-kit'),
  },
  {
    what: 'a query',
    changes: [[clicksSql, "= 'click'", "= 'view'"]],
    dataset: 'clicks',
    ...refused('major', 'query clicks.sql'),
  },
  {
    what: 'a query, to the same effect',
    changes: [[clicksSql, 'CAST(id AS BIGINT) >= $least', '$least <= CAST(id AS BIGINT)']],
    dataset: 'clicks',
    ...attested('query clicks.sql'),
  },
  {
    what: 'the order of the rows of a query',
    changes: [[clicksSql, "'click'\n", "'click' ORDER BY id DESC\n"]],
    dataset: 'clicks',
    ...attested('query clicks.sql'),
  },
  {
    what: 'how many rows a query takes',
    changes: [[clicksSql, "'click'\n", "'click' ORDER BY CAST(id AS BIGINT) LIMIT 5\n"]],
    dataset: 'clicks',
    ...refused('major', 'query clicks.sql'),
  },
  {
    what: 'a parameter of a query',
    changes: [[clicks, '3n', '9n']],
    dataset: 'clicks',
    ...refused('major', 'module builder.ts', 'parameters of clicks.sql'),
  },
  {
    what: 'a parameter of a query, to the same effect',
    changes: [[clicks, '3n', '4n']],
    dataset: 'clicks',
    ...attested('module builder.ts', 'parameters of clicks.sql'),
  },
  {
    what: 'a range, which is only checked',
    changes: [[steps, '[0, 100]', '[0, 200]']],
    dataset: 'steps',
    ...attested('module builder.ts'),
  },
  {
    what: 'the key',
    changes: [[users, usersKey, "keyBy((row: any) => 'u' + row.id)"]],
    dataset: 'users',
    ...refused('major', 'module builder.ts'),
  },
  {
    what: "the key's type, of which the text counts",
    changes: [[users, usersKey, 'keyBy((row: any) => String(row.id))']],
    dataset: 'users',
    ...attested('module builder.ts'),
  },
  {
    what: 'a config that takes other rows',
    changes: [[regions, '=== this.config', '!== this.config']],
    dataset: 'regions/us',
    ...refused('major', 'module builder.ts'),
  },
  {
    what: 'a filter that leaves out some rows',
    changes: [[users, `${usersKey};`, `${usersKey}.filter(([id]: any) => id > 3n);`]],
    dataset: 'users',
    ...refused('major', 'module builder.ts'),
  },
  {
    what: 'a split, renamed',
    changes: [[users, '{ train: read', '{ everyone: read']],
    dataset: 'users',
    ...refused('major', 'module builder.ts'),
  },
  {
    what: 'a split, added',
    changes: [
      [
        users,
        '{ train: read',
        '{ all_of_them: read.mapValues((row: any) => ({ id: row.id, name: clean(row.name) })), train: read',
      ],
    ],
    dataset: 'users',
    ...refused('minor', 'module builder.ts'),
  },
  {
    what: 'a split, removed',
    changes: [
      ['datasets/affinity/builder.ts', "users: read('users').mapValues(({ id, name }: any) => ({ id, name })), ", ''],
    ],
    dataset: 'affinity',
    ...refused('major', 'module builder.ts', 'upstream users'),
  },
];
