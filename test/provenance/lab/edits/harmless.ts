import { type Edit, nothing } from './edit.js';
import { files, labFile } from './files.js';

const { users, items, clicksSql, people, regions, steps } = files;

/** Edits after which a build would be made with the same. */
export const harmlessEdits: readonly Edit[] = [
  { what: 'nothing', changes: [], dataset: 'users', ...nothing },
  {
    what: 'a comment in a helper of a helper',
    changes: [['lib/letters.ts', '// Small letters.', '// SMALL letters.']],
    dataset: 'users',
    ...nothing,
  },
  { what: 'formatting', changes: [['lib/letters.ts', '{\n  return', '{\n\n    return']], dataset: 'users', ...nothing },
  { what: 'a type', changes: [['lib/clean.ts', 'text: string', 'text: string & {}']], dataset: 'users', ...nothing },
  { what: "the class' docstring", changes: [[users, '/** The', '/** This is the']], dataset: 'users', ...nothing },
  { what: 'a release note', changes: [[users, "'Newest.'", "'The newest one.'"]], dataset: 'users', ...nothing },
  {
    what: "the card's description, in `info()`",
    changes: [[users, 'About users.', 'All about users.']],
    dataset: 'users',
    ...nothing,
  },
  {
    what: 'homepage, license and citation, added to `info()`',
    changes: [
      [users, "'About users.'", "'About users.', homepage: 'https://example.com', license: 'MIT', citation: 'Us.'"],
    ],
    dataset: 'users',
    ...nothing,
  },
  { what: "a feature's description", changes: [[users, 'as typed', 'as it was typed']], dataset: 'users', ...nothing },
  { what: "a feature's unit", changes: [[steps, "unit: 'm'", "unit: 'km'"]], dataset: 'steps', ...nothing },
  {
    what: "a config's description",
    changes: [[regions, 'Of Europe', 'Of all Europe']],
    dataset: 'regions/eu',
    ...nothing,
  },
  {
    what: 'a config, added',
    changes: [[regions, "us: 'Of America.'", "us: 'Of America.', asia: 'Of Asia.'"]],
    dataset: 'regions/eu',
    ...nothing,
  },
  {
    what: 'which config is the default one',
    changes: [[regions, "eu: 'Of Europe.', us: 'Of America.'", "us: 'Of America.', eu: 'Of Europe.'"]],
    dataset: 'regions/eu',
    ...nothing,
  },
  {
    what: 'the reason for keeping personal data',
    changes: [[people, 'Tests need it', 'They do']],
    dataset: 'people',
    ...nothing,
  },
  {
    what: '`timeout` and `resources`',
    changes: [
      [
        users,
        '  override info',
        "  static timeout = '2 hours';\n  static resources = { memory: '8 GiB' };\n  override info",
      ],
    ],
    dataset: 'users',
    ...nothing,
  },
  {
    what: '`schedule` and `freshness`',
    changes: [
      [
        users,
        '  override info',
        "  static schedule = { cron: '0 3 * * *' };\n  static freshness = '26 hours';\n  override info",
      ],
    ],
    dataset: 'users',
    ...nothing,
  },
  {
    what: '`supportedVersions` and `blockedVersions`',
    changes: [
      [
        users,
        '  override info',
        "  static supportedVersions = ['1.0.0'];\n  static blockedVersions = { '1.0.0': 'Old.' };\n  override info",
      ],
    ],
    dataset: 'users',
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
    what: 'the README and the test beside the builder',
    changes: [
      ['datasets/users/README.md', '', '# Users'],
      ['datasets/users/builder.test.ts', '', 'export {};'],
    ],
    dataset: 'users',
    ...nothing,
  },
  {
    what: 'a source, written again with the same content',
    changes: [['datasets/users/users.csv', '', labFile('datasets/users/users.csv')]],
    dataset: 'users',
    ...nothing,
  },
  {
    what: "another data set's helper",
    changes: [['lib/clean.ts', 'letters(text)', 'letters(text) + "!"']],
    dataset: 'items',
    ...nothing,
  },
  {
    what: "another data set's source",
    changes: [['datasets/users/users.csv', 'id,name\n', 'id,name\n99,Late\n']],
    dataset: 'items',
    ...nothing,
  },
  // A new version is built for another time.
  {
    what: 'nothing but the time, of which examples are made',
    changes: [],
    dataset: 'fixed',
    ...nothing,
    bump: 'major',
  },
  {
    what: 'a package in place, without another version (`npm ci` puts it back)',
    changes: [['node_modules/text-kit/index.js', 'text.trim()', 'text + "."']],
    dataset: 'items',
    ...nothing,
    // Nobody sees it before a new version is compared with the one before.
    bump: 'major',
  },
  {
    what: 'the order of statics',
    changes: [
      [items, "  static override readonly datasetName = 'items';\n", ''],
      [items, '  override info', "  static override readonly datasetName = 'items';\n  override info"],
    ],
    dataset: 'items',
    ...nothing,
  },
];
