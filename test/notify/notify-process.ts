import { notify } from '../../src/notify/index.js';

// A program that tells of something and goes on to its end at once.
notify(
  { event: 'failure', dataset: 'product_a', version: '1.2.0', registry: '/data/registry' },
  {
    notifications: [{ kind: 'slack', url: { env: 'SLACK_WEBHOOK' } }],
    registries: {},
    projectDirectory: process.cwd(),
  },
);
