import { Option } from 'commander';

/** Of commands that read a version which may be yanked. */
export function strictFlag(): Option {
  return new Option('--strict', 'refuse a version that was yanked, in place of a warning');
}
