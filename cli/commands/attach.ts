import { formatReference } from '../../src/core/names/index.js';
import { buildsResult } from '../builds/builds-result.js';
import { showBuildEvent } from '../builds/run-builds.js';
import { addJobPlaceFlags, type DataflowFlags, dataflowSettings } from '../flags/dataflow-flags.js';
import type { CommandContext, CommandModule, CommandResult } from '../frame/command-module.js';
import { examples } from '../frame/examples.js';
import { progressDisplay } from '../progress/index.js';

type AttachFlags = Pick<DataflowFlags, 'project' | 'region' | 'impersonate'>;

export const attachCommand: CommandModule = {
  define: (command, invoke) => {
    command.argument('<job>', 'id of the job, as `build` and the console of Dataflow show it');
    addJobPlaceFlags(command);
    command
      .addHelpText(
        'after',
        examples(
          ['attach 2026-11-21_01_02_03-1234567890', 'a job of the configured project and region'],
          ['attach 2026-11-21_01_02_03-1234567890 --region us-central1', 'one of another region'],
        ),
      )
      .action((jobId: string, flags: AttachFlags) => invoke((context) => attach(context, jobId, flags)));
  },
};

async function attach(context: CommandContext, jobId: string, flags: AttachFlags): Promise<CommandResult> {
  const { attach: attachTo } = await import('../../src/build/index.js');
  const config = await context.config(dataflowSettings(flags));
  const display = progressDisplay(context);
  const isVerbose = context.flags.verbose === true;
  try {
    const result = await attachTo(jobId, {
      config,
      signal: context.signal,
      onProgress: (event) => showBuildEvent(event, display, isVerbose),
    });
    const { dataset: name, config: chosen, version } = result;
    return buildsResult([{ reference: formatReference({ name, config: chosen, version }), result }], context);
  } finally {
    display.close();
  }
}
