import { Option } from 'commander';

/** Of commands that change what trainers get: why, for the audit. */
export function reasonFlag(description = 'why, for those who read the history'): Option {
  return new Option('-m, --reason <why>', description);
}
