import { attested, type Edit, otherSchema, refused } from './edit.js';
import { files } from './files.js';

const { users, items, sessions, people, steps } = files;
const builder = 'module builder.ts';

/** Edits of features, labels and policies. */
export const schemaEdits: readonly Edit[] = [
  {
    what: 'a feature, added',
    changes: [
      [users, 'name: text({', "length: scalar('int64'), name: text({"],
      [users, 'name: clean(row.name)', 'name: clean(row.name), length: row.name.length'],
    ],
    dataset: 'users',
    ...otherSchema('minor', builder),
  },
  {
    what: 'a feature, added, and values of another changed',
    changes: [
      [users, 'name: text({', "length: scalar('int64'), name: text({"],
      [users, 'name: clean(row.name)', 'name: clean(row.name) + 1, length: row.name.length'],
    ],
    dataset: 'users',
    ...otherSchema('major', builder),
  },
  {
    what: 'a feature, removed',
    changes: [
      [users, ", name: text({ description: 'as typed' })", ''],
      [users, ', name: clean(row.name)', ''],
    ],
    dataset: 'users',
    ...otherSchema('major', 'module ../../lib/clean.ts', 'module ../../lib/letters.ts', builder, 'package text-kit'),
  },
  {
    what: 'a feature, renamed',
    changes: [
      [users, 'name: text({', 'title: text({'],
      [users, 'name: clean(row.name)', 'title: clean(row.name)'],
    ],
    dataset: 'users',
    ...otherSchema('major', builder),
  },
  {
    what: 'the order of features',
    changes: [
      [sessions, "item: scalar('int64'), clicks: scalar('int64')", "clicks: scalar('int64'), item: scalar('int64')"],
    ],
    dataset: 'sessions',
    ...attested(builder, 'schema'),
  },
  {
    what: "a feature's type, widened",
    changes: [[sessions, "clicks: scalar('int64')", "clicks: scalar('float64')"]],
    dataset: 'sessions',
    ...otherSchema('major', builder),
  },
  {
    what: "a feature's type, narrowed",
    changes: [[sessions, "clicks: scalar('int64')", "clicks: scalar('int32')"]],
    dataset: 'sessions',
    ...otherSchema('major', builder),
  },
  {
    what: 'a feature that may be absent now',
    changes: [[sessions, "clicks: scalar('int64')", "clicks: lib.optional(scalar('int64'))"]],
    dataset: 'sessions',
    ...otherSchema('major', builder),
  },
  {
    what: 'a label, renamed, though its number is the same',
    changes: [[items, "'film'", "'movie'"]],
    dataset: 'items',
    ...otherSchema('major', builder),
  },
  {
    what: 'the order of labels',
    changes: [
      [items, "['book', 'film']", "['film', 'book']"],
      [items, '? 0 : 1', '? 1 : 0'],
    ],
    dataset: 'items',
    ...otherSchema('major', builder),
  },
  {
    what: 'a label, added',
    changes: [[items, "['book', 'film']", "['book', 'film', 'song']"]],
    dataset: 'items',
    ...otherSchema('major', builder),
  },
  {
    what: 'which label examples have',
    changes: [[items, '? 0 : 1', '? 1 : 0']],
    dataset: 'items',
    ...refused('major', builder),
  },
  {
    what: '`supervisedKeys`, added',
    changes: [[users, "'About users.'", "'About users.', supervisedKeys: ['name', 'id']"]],
    dataset: 'users',
    ...otherSchema('minor'),
  },
  {
    what: 'a mark of personal data, with a policy that keeps it',
    changes: [
      [steps, "unit: 'm'", "unit: 'm', pii: 'steps'"],
      [steps, "'About steps.'", "'About steps.', privacy: { steps: { policy: 'keep', reason: 'None.' } }"],
    ],
    dataset: 'steps',
    ...otherSchema('patch', builder, 'privacy'),
  },
  {
    what: 'a policy: masked, in the place of kept',
    changes: [[people, "{ policy: 'keep', reason: 'Tests need it.' }", "{ policy: 'mask' }"]],
    dataset: 'people',
    ...otherSchema('major', 'privacy'),
  },
  {
    what: 'a policy: dropped, in the place of kept',
    changes: [[people, "{ policy: 'keep', reason: 'Tests need it.' }", "{ policy: 'drop' }"]],
    dataset: 'people',
    ...otherSchema('major', 'privacy'),
  },
  {
    what: 'the secret of pseudonyms',
    changes: [],
    environment: { AILAB_LAB_SECRET: 'another secret' },
    dataset: 'people',
    ...refused('major', 'privacy'),
  },
];
