import { Option } from 'commander';

/** Of commands that change what trainers get: why, for the audit. */
export function reasonFlag(): Option {
  return new Option('-m, --reason <why>', 'why, for those who read the history');
}
