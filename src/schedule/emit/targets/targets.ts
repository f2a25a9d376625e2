import type { ScheduleTarget } from '../emit-options.js';
import { cloudWorkflows } from './cloud-workflows.js';
import { cron } from './cron.js';
import { githubActions } from './github-actions.js';
import { kubernetes } from './kubernetes.js';
import type { Target } from './target.js';

/** Every kind of scheduler by its name. */
export const targets: Readonly<Record<ScheduleTarget, Target>> = {
  cron,
  'github-actions': githubActions,
  kubernetes,
  'cloud-workflows': cloudWorkflows,
};
