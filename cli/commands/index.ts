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
    name: 'rebuild',
    summary: 'Build what is stale or due, in order, and say what became of each data set',
    load: async () => (await import('./rebuild.js')).rebuildCommand,
  },
  {
    name: 'attach',
    summary: 'Wait for a job on Dataflow, and publish what it made',
    load: async () => (await import('./attach.js')).attachCommand,
  },
  {
    name: 'why',
    summary: 'Say what has changed since a version was published, and what is to be done',
    load: async () => (await import('./why.js')).whyCommand,
  },
  {
    name: 'bump',
    summary: 'Add the next version to a builder, with its release note',
    load: async () => (await import('./bump.js')).bumpCommand,
  },
  {
    name: 'diff',
    summary: 'Show what is different between two versions, and which bump that takes',
    load: async () => (await import('./diff.js')).diffCommand,
  },
  {
    name: 'lineage',
    summary: 'Show what a version was made from, or what was made from it',
    load: async () => (await import('./lineage.js')).lineageCommand,
  },
  {
    name: 'builds',
    summary: 'List the builds that run, were left or have ended, show one, and remove what was left',
    load: async () => (await import('./builds.js')).buildsCommand,
  },
  {
    name: 'reproduce',
    summary: 'Build a published version again elsewhere, and say whether it is the same',
    load: async () => (await import('./reproduce.js')).reproduceCommand,
  },
  {
    name: 'publish',
    summary: 'Take in a directory that something else wrote, as a version like any other',
    load: async () => (await import('./publish.js')).publishCommand,
  },
  {
    name: 'list',
    summary: 'List the data sets that can be built here and those in the registry',
    load: async () => (await import('./list.js')).listCommand,
  },
  {
    name: 'info',
    summary: 'Show the card of a data set: what it is, its versions, splits and features',
    load: async () => (await import('./info.js')).infoCommand,
  },
  {
    name: 'show',
    summary: 'Show examples of a published version',
    load: async () => (await import('./show.js')).showCommand,
  },
  {
    name: 'path',
    summary: 'Print the directory of a published version, or the files of a split',
    load: async () => (await import('./path.js')).pathCommand,
  },
  {
    name: 'pull',
    summary: 'Copy a published version to a directory, whole and verified, for trainers on this host',
    load: async () => (await import('./pull.js')).pullCommand,
  },
  {
    name: 'cache',
    summary: 'Show what this machine keeps of remote registries, or clear it',
    load: async () => (await import('./cache.js')).cacheCommand,
  },
  {
    name: 'promote',
    summary: 'Point an alias at a published version, or copy the version to another registry',
    load: async () => (await import('./promote.js')).promoteCommand,
  },
  {
    name: 'rollback',
    summary: 'Point an alias at the version that it stood for before',
    load: async () => (await import('./rollback.js')).rollbackCommand,
  },
  {
    name: 'alias',
    summary: 'List aliases, or who moved one when, from where, to where and why',
    load: async () => (await import('./alias.js')).aliasCommand,
  },
  {
    name: 'yank',
    summary: 'Say that a published version is not to be used any more, and why',
    load: async () => (await import('./yank.js')).yankCommand,
  },
  {
    name: 'unyank',
    summary: 'Take a yank back',
    load: async () => (await import('./unyank.js')).unyankCommand,
  },
  {
    name: 'verify',
    summary: 'Check that every byte of a published version is as it was published',
    load: async () => (await import('./verify.js')).verifyCommand,
  },
  {
    name: 'prune',
    summary: 'Remove old versions from the registry by rules, and say why the others stay',
    load: async () => (await import('./prune.js')).pruneCommand,
  },
  {
    name: 'convert',
    summary: 'Export a published version to another place and format',
    load: async () => (await import('./convert.js')).convertCommand,
  },
  {
    name: 'snippet',
    summary: 'Print Python that opens a published version with stock readers',
    load: async () => (await import('./snippet.js')).snippetCommand,
  },
  {
    name: 'container',
    summary: 'Write a Dockerfile for the workers of distributed builds',
    load: async () => (await import('./container.js')).containerCommand,
  },
  {
    name: 'schedule',
    summary: 'Write the files with which a scheduler rebuilds the data sets at their times',
    load: async () => (await import('./schedule.js')).scheduleCommand,
  },
  {
    name: 'ci',
    summary: 'Say what a pull request changes, and write the merge pipeline',
    load: async () => (await import('./ci.js')).ciCommand,
  },
  {
    name: 'doctor',
    summary: 'Check that this machine and this project are ready to build and read data sets',
    load: async () => (await import('./doctor.js')).doctorCommand,
  },
  {
    name: 'check',
    summary: 'Tell which data sets are late, and what is missing or broken',
    load: async () => (await import('./check.js')).checkCommand,
  },
  {
    name: 'notifications',
    summary: 'Try whether those whom the configuration names are told of what happens',
    load: async () => (await import('./notifications.js')).notificationsCommand,
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
