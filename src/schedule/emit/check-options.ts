import { isAbsolute } from 'node:path';
import type { ResolvedConfig } from '../../core/config/index.js';
import { DatasetsError } from '../../core/errors/index.js';
import { type EmitScheduleOptions, optionFlags } from './emit-options.js';
import { type Target, type TargetOption, targetOptions } from './targets/target.js';

/**
 * Refuses what a target lacks, and what it would leave out without a word.
 *
 * @throws DatasetsError USAGE
 */
export function checkOptions(target: Target, config: ResolvedConfig, options: EmitScheduleOptions): void {
  const given = (name: TargetOption): boolean => options[name] !== undefined && options[name].length > 0;
  for (const need of target.needs) {
    const choices = typeof need === 'string' ? [need] : need;
    if (choices.some(given)) continue;
    const flags = choices.map((name) => optionFlags[name]).join(' or ');
    throw usage(`${options.target} needs ${flags}`, explanations[choices[0] ?? 'image']);
  }
  const known = new Set([...target.needs.flat(), ...target.takes]);
  const surplus = targetOptions.find((name) => given(name) && !known.has(name));
  if (surplus !== undefined) {
    const flags = [...known].map((name) => optionFlags[name]).join(', ');
    throw usage(`${options.target} has no use for ${optionFlags[surplus]}`, `Leave it out. It takes ${flags}.`);
  }
  if (options.projectFolder !== undefined && !isAbsolute(options.projectFolder)) {
    throw usage(
      `--project-folder is ${options.projectFolder}, and cron starts in the home directory`,
      'Name it from /.',
    );
  }
  const secret = options.secrets?.find((name) => !/^[A-Z_][A-Z0-9_]*$/.test(name));
  if (secret !== undefined) {
    throw usage(
      `--secret ${secret} is no name of an environment variable`,
      'Name the variable alone: --secret USER_ID_KEY',
    );
  }
  checkText(options);
  if (target.isRemote && !config.registry.includes('://')) {
    throw usage(
      `the registry ${options.registry ?? config.registry} is a folder, and ${options.target} runs on other machines`,
      'Name one in a bucket: --registry gs://our-data/registry, or a name that the configuration has for it.',
    );
  }
}

/** Line breaks would end comments and command lines. */
function checkText(options: EmitScheduleOptions): void {
  const broken = targetOptions.find((name) => [options[name] ?? []].flat().some((value) => /\p{Cc}/u.test(value)));
  if (broken !== undefined) throw usage(`${optionFlags[broken]} has control characters`, 'Write it on one line.');
}

const explanations: Readonly<Record<TargetOption, string>> = {
  image:
    'Make an image of the project (ailab-datasets container emit), push it, and name it: --image europe-docker.pkg.dev/our-project/datasets/worker:4f1c',
  projectFolder:
    'Say where the project lies on the machine (--project-folder /srv/datasets), or which image has it (--image).',
  secrets: 'Name environment variables.',
  namespace: 'Name the namespace.',
  serviceAccount: 'Name the account that jobs run as: --service-account datasets@our-project.iam.gserviceaccount.com',
  workloadIdentityProvider: 'Name the provider of workload identity.',
  runsOn: 'Name the label of runners: --runs-on self-hosted',
  googleProject: 'Name the project of Google Cloud: --google-project our-project',
  region: 'Name the region: --region europe-west4',
};

function usage(message: string, hint: string): DatasetsError {
  return new DatasetsError('USAGE', message, { hint });
}
