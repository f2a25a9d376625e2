import { basename, relative, resolve } from 'node:path';
import { Option } from 'commander';
import { type WarehouseName, warehouseNames } from '../../src/core/config/index.js';
import { DatasetsError } from '../../src/core/errors/index.js';
import type { DatasetKind, Scaffolded, ScaffoldedProject } from '../../src/project/index.js';
import type { CommandContext, CommandModule, CommandResult } from '../frame/command-module.js';
import { examples } from '../frame/examples.js';

interface NewFlags {
  readonly project?: boolean | string;
  readonly kind?: DatasetKind;
  readonly from?: string;
  readonly table?: Readonly<Record<string, string>>;
  readonly warehouse?: WarehouseName;
}

export const newCommand: CommandModule = {
  define: (command, invoke) => {
    command
      .argument(
        '[name]',
        'name of the data set in snake_case, with folders before it where you like: products/product_c',
      )
      .option(
        '--project [dir]',
        'make a project of data sets here (or in a folder): configuration, package.json, tsconfig.json; a data set outside of any project gets one anyhow',
      )
      .addOption(
        // The list is the library's datasetKinds; importing it here would load the library for a help page.
        new Option(
          '--kind <kind>',
          'where examples come from: files of rows (the default), an SQL query, a folder of images, or a generator function',
        ).choices(['files', 'sql', 'images', 'generator']),
      )
      .option(
        '--from <file>',
        'make it of data that is there, and infer its features from every row: CSV, TSV, JSON Lines, JSON, Parquet, Arrow (a path, a pattern, or gs://), or a .sql file',
      )
      .addOption(
        new Option('--table <name=files>', 'files as a table of the query, on DuckDB (repeat it)').argParser(addTable),
      )
      .addOption(
        new Option(
          '--warehouse <name>',
          'with --from query.sql: where the query is asked, in place of the configured one',
        ).choices(warehouseNames),
      )
      .addHelpText(
        'after',
        examples(
          ['new --project', 'make the current folder a project of data sets'],
          ['new products/product_c', 'a data set that builds as it stands, for you to rewrite'],
          ['new clicks --kind sql', 'a data set that an SQL query over local files makes'],
          ['new faces --kind images', 'a data set of the images in a folder'],
          ['new sales --from exports/sales.csv', 'a data set of the rows of a file, with the features that they have'],
          ['new noise --kind generator', 'a data set whose examples a function yields'],
        ),
      )
      .action((name: string | undefined, flags: NewFlags) => invoke((context) => create(context, name, flags)));
  },
};

async function create(context: CommandContext, name: string | undefined, flags: NewFlags): Promise<CommandResult> {
  if (name === undefined && flags.project === undefined) {
    throw new DatasetsError('USAGE', 'nothing to make: no name is given, and no --project', {
      hint: 'ailab-datasets new my_dataset',
    });
  }
  checkFrom(name, flags);
  const [{ scaffoldDataset, scaffoldDatasetFrom, scaffoldProject }, { parseDatasetName }] = await Promise.all([
    import('../../src/project/index.js'),
    import('../../src/core/names/index.js'),
  ]);
  // Before anything is written.
  if (name !== undefined) parseDatasetName(basename(name));
  const folder = typeof flags.project === 'string' ? resolve(context.cwd, flags.project) : context.cwd;
  // In a folder that belongs to no project, a data set needs one first.
  const isMissing = flags.project === undefined && (await context.config()).file === undefined;
  const project = flags.project === undefined && !isMissing ? undefined : await scaffoldProject(folder);
  const made: Scaffolded[] = project === undefined ? [] : [project];
  const notes: string[] = [];
  if (name !== undefined) {
    const { from, table: tables = {}, kind = 'files', warehouse } = flags;
    const config = await context.configIn(folder, warehouse === undefined ? {} : { warehouse });
    if (from === undefined) made.push(await scaffoldDataset(name, kind, config));
    else {
      const inferred = await scaffoldDatasetFrom(
        name,
        from,
        { cwd: context.cwd, tables, signal: context.signal },
        config,
      );
      made.push(inferred);
      notes.push(...inferred.notes);
    }
  }
  return {
    data: {
      created: made.flatMap(({ created }) => created),
      completed: made.flatMap(({ completed }) => completed),
      kept: made.flatMap(({ kept }) => kept),
      ...(flags.from === undefined ? {} : { notes }),
    },
    text: () =>
      [
        ...made.flatMap((each) => lines(each, context)),
        ...(notes.length === 0
          ? []
          : ['', context.terminal.out.style.bold('Found:'), ...notes.map((note) => `  ${note}`)]),
        '',
        ...nextSteps(name, flags, project, context),
      ].join('\n'),
  };
}

/** Optional packages that the example needs, whose author may not have them; data that was read already needs no more. */
function peers({ kind }: NewFlags): readonly string[] {
  return kind === 'sql' ? ['@duckdb/node-api'] : [];
}

/** Commander gives what the earlier flags were made into. */
function addTable(text: string, tables: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const [, name, files] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
  if (name !== undefined && files !== undefined) return { ...tables, [name]: files };
  throw new DatasetsError('USAGE', `--table ${text} doesn't say which files are which table`, {
    hint: "Write the table's name, an equals sign and the files: --table clicks=exports/clicks.csv",
  });
}

function checkFrom(name: string | undefined, { from, kind, table, warehouse }: NewFlags): void {
  const isQuery = from?.endsWith('.sql') === true;
  if (from !== undefined && name === undefined)
    throw usage(
      '--from says what a data set is made of, and none is named',
      `ailab-datasets new my_dataset --from ${from}`,
    );
  if (from !== undefined && kind !== undefined)
    throw usage('--from says by itself of what kind the data set is', 'Leave out --kind.');
  if (table !== undefined && !isQuery)
    throw usage('--table names files for a query, and no query is named', 'Name it: --from query.sql.');
  if (warehouse !== undefined && !isQuery)
    throw usage('--warehouse says where a query is asked, and no query is named', 'Name it: --from query.sql.');
}

function usage(message: string, hint: string): DatasetsError {
  return new DatasetsError('USAGE', message, { hint });
}

function lines({ created, completed, kept }: Scaffolded, { cwd, terminal }: CommandContext): readonly string[] {
  const { style } = terminal.out;
  const shown = (path: string): string => relative(cwd, path) || '.';
  return [
    ...created.map((path) => `${style.green('created')}    ${shown(path)}`),
    ...completed.map((path) => `${style.yellow('completed')}  ${shown(path)}`),
    ...kept.map((path) => `${style.dim('kept')}       ${shown(path)}`),
  ];
}

function nextSteps(
  name: string | undefined,
  flags: NewFlags,
  project: ScaffoldedProject | undefined,
  { terminal }: CommandContext,
): readonly string[] {
  const { style } = terminal.out;
  const folder = typeof flags.project === 'string' ? [`cd ${flags.project}`] : [];
  const install = project?.isInstalled === false ? 'npm install <git URL of ailab-datasets>' : 'npm install';
  const dataset = name?.split('/').at(-1) ?? 'my_dataset';
  const steps = [
    ...folder,
    ...(project === undefined ? [] : [install]),
    ...peers(flags).map((name) => `npm install ${name}`),
    ...(name === undefined ? [`npx ailab-datasets new ${dataset}`] : []),
    `npx ailab-datasets build ${dataset}${flags.warehouse === undefined ? '' : ` --warehouse ${flags.warehouse}`}`,
    `npx ailab-datasets show ${dataset}`,
  ];
  return [style.bold('Next:'), ...steps.map((step) => `  ${step}`)];
}
