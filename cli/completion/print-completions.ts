import { type Argument, RootCommand, type Command as Target } from '@bomb.sh/tab';
import { Command, type Option } from 'commander';
import type { CommandContext } from '../frame/command-module.js';
import { addGlobalOptions } from '../frame/program.js';
import { aliasCandidates, datasetCandidates, versionCandidates } from './dataset-candidates.js';

/** Arguments of these names take data sets; see `datasetCandidates`. */
const datasetArguments: ReadonlySet<string> = new Set(['dataset', 'reference', 'before', 'after']);

/** Prints what the last word may become, in the protocol of @bomb.sh/tab's scripts: a candidate a line, then a directive. */
export async function printCompletions(words: readonly string[], context: CommandContext): Promise<void> {
  const root = new RootCommand();
  const globals = new Command();
  addGlobalOptions(globals);
  for (const entry of context.commands) {
    if (entry.hidden === true) continue;
    const command = new Command(entry.name);
    (await entry.load()).define(command, async () => undefined);
    const target = root.command(entry.name, entry.summary);
    for (const option of [...command.options, ...globals.options]) declareOption(target, option);
    for (const argument of command.registeredArguments) {
      target.argument(
        argument.name(),
        function (this: Argument, complete) {
          for (const choice of argument.argChoices ?? []) complete(choice, '');
          if (datasetArguments.has(argument.name())) for (const [name, text] of datasets) complete(name, text);
          if (argument.name() === 'after') for (const [name, text] of versions) complete(name, text);
          if (argument.name() === 'alias') for (const [name, text] of aliases) complete(name, text);
        },
        argument.variadic,
      );
    }
  }
  const takesDatasets = words.length > 1;
  const datasets = takesDatasets ? await datasetCandidates(words.at(-1) ?? '', context) : [];
  const aliases = words.length > 2 ? await aliasCandidates(words.at(-2) ?? '', context) : [];
  const versions = words.length > 2 ? await versionCandidates(words.at(-2) ?? '', context) : [];
  root.parse([...words]);
}

function declareOption(target: Target, option: Option): void {
  const name = option.long?.slice(2);
  if (name === undefined) return;
  if (!option.required && !option.optional) {
    target.option(name, option.description);
    return;
  }
  // A handler tells the library that the option takes a value.
  target.option(name, option.description, (complete) => {
    for (const choice of option.argChoices ?? []) complete(choice, '');
  });
}
