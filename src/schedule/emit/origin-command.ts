import { type EmitScheduleOptions, optionFlags } from './emit-options.js';
import { shellLine } from './shell-words.js';
import { targetOptions } from './targets/target.js';

/** The command that writes the files again: it stands in their first lines. */
export function commandOf(options: EmitScheduleOptions): string {
  const flags = targetOptions.flatMap((name) => {
    const value = options[name];
    const values = value === undefined ? [] : typeof value === 'string' ? [value] : value;
    return values.flatMap((each) => [optionFlags[name], each]);
  });
  const registry = options.registry === undefined ? [] : ['--registry', options.registry];
  return shellLine(['ailab-datasets', 'schedule', 'emit', '--target', options.target, ...registry, ...flags]);
}
