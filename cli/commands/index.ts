import type { CommandEntry } from '../frame/command-module.js';

/** Every command, in the order of the help page: from a new data set to what trainers do with it, then the tools. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'new',
    summary: 'Make a data set that builds as it stands, or a project of data sets',
    load: async () => (await import('./new.js')).newCommand,
  },
  {
    name: 'build',
    summary: 'Build data sets and publish them to the registry',
    load: async () => (await import('./build.js')).buildCommand,
  },
  {
    name: 'list',
    summary: 'List the data sets that can be built here and those in the registry',
    load: async () => (await import('./list.js')).listCommand,
  },
  {
    name: 'path',
    summary: 'Print the directory of a published version, or the files of a split',
    load: async () => (await import('./path.js')).pathCommand,
  },
  {
    name: 'doctor',
    summary: 'Check that this machine and this project are ready to build and read data sets',
    load: async () => (await import('./doctor.js')).doctorCommand,
  },
  {
    name: 'completion',
    summary: 'Print the script that makes a shell complete commands, flags and data sets',
    load: async () => (await import('./completion.js')).completionCommand,
  },
  {
    name: 'complete',
    summary: 'Answer a completion script',
    hidden: true,
    load: async () => (await import('./complete.js')).completeCommand,
  },
];
