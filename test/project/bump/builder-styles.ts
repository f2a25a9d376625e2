/** A builder's module in somebody's style. `§` stands where a version belongs; both are taken out, and the text between is what is to be added. */
export interface BuilderStyle {
  readonly what: string;
  readonly file: 'builder.ts' | 'builder.mts' | 'builder.js' | 'builder.mjs';
  readonly text: string;
  readonly note: string;
}

const library = new URL('../../../src/index.js', import.meta.url).href;

/** Not written out: no module of this repository has one. */
const byDefault = 'default';
const head = `import { DatasetBuilder, features, scalar } from '${library}';\n`;
const body = `  override info() { return { description: 'Numbers.', features: features({ id: scalar('int64') }) }; }
  override splits(p: any): any {
    return { train: p.generate(function* () { for (let id = 0n; id < 3n; id++) yield [id, { id }]; }) };
  }
}
`;
const plainBody = body.replaceAll('override ', '').replace('(p: any): any', '(p)');

const typed = (statics: string) => `${head}
/** A data set. */
export class Numbers extends DatasetBuilder<any> {
  static override readonly datasetName = 'numbers';
${statics}
${body}`;

export const builderStyles: readonly BuilderStyle[] = [
  {
    what: 'as a scaffold writes it, on one line',
    file: 'builder.ts',
    note: 'Adds the price.',
    text: typed(
      "  // Newest first.\n  static override readonly versions = { §'1.1.0': 'Adds the price.', §'1.0.0': 'First release.' };",
    ),
  },
  {
    what: 'a line each, with a trailing comma',
    file: 'builder.ts',
    note: 'Adds the price.',
    text: typed(`  static override readonly versions = {
    §'1.3.0': 'Adds the price.',
    §'1.2.1': 'Spelling.',
    '1.2.0': 'Adds the user.',
    '1.0.0': 'First release.',
  };`),
  },
  {
    what: 'a line each, without a trailing comma, in double quotes, with tabs',
    file: 'builder.ts',
    note: 'Says "yes".',
    text: typed(
      '\tstatic override readonly versions: Record<string, string> = {\n\t\t§"1.1.0": \'Says "yes".\',\n\t\t§"1.0.0": "First release."\n\t}',
    ),
  },
  {
    what: "with the line breaks of Windows and what says its bytes' order",
    file: 'builder.ts',
    note: 'Adds the price.',
    text: `\uFEFF${typed("  static override readonly versions = {\n    §'1.1.0': 'Adds the price.',\n    §'1.0.0': 'First release.',\n  };").replaceAll('\n', '\r\n')}`,
  },
  {
    what: 'with comments: of all versions, and of each',
    file: 'builder.ts',
    note: "The user's country.",
    text: typed(`  static override readonly versions = { // newest first, { and '9.9.9': 'too'
    §'1.2.0': "The user's country.",
    §/* 1.1.0 was asked for by ads,
       in May */
    '1.1.0': 'Adds clicks.', // 'not': 'this'
    // the first
    '1.0.0': 'First release.',
  } as const;`),
  },
  {
    what: 'with an empty line, and a comment that ends beside a version',
    file: 'builder.ts',
    note: 'Adds the price.',
    text: typed(`  static override readonly versions = {

    §'1.1.0': 'Adds the price.',
    §/* old */ '1.0.0': 'First release.',
  };`),
  },
  {
    what: 'with a comment of several lines that begins beside the brace',
    file: 'builder.ts',
    note: 'Adds the price.',
    text: typed(`  static override readonly versions = { /* newest
    first */ §'1.1.0': 'Adds the price.', §'1.0.0': 'First release.' };`),
  },
  {
    what: 'with commas first',
    file: 'builder.ts',
    note: 'Adds the price.',
    text: typed(`  static override readonly versions =
    { §'1.0.2': 'Adds the price.'
    , §'1.0.1' : 'Spelling.'
    , '1.0.0' : 'First release.'
    };`).replace("'1.0.2': ", "'1.0.2' : "),
  },
  {
    what: 'with long notes below their versions, and notes that are put together',
    file: 'builder.ts',
    note: `A backslash \\ and a line\nbreak, \${x} and \`y\`.`,
    text: typed(`  static override readonly versions = {
    §'1.2.0': 'A backslash \\\\ and a line\\nbreak, \${x} and \`y\`.',
    §'1.1.0':
      'Adds the price of what was shown, in euros, at the time when it was shown, ' +
      'without taxes.',
    '1.0.0': \`First
      release.\`,
  } satisfies Readonly<Record<string, string>>;`),
  },
  {
    what: "where a note's own quotes are others than all the others'",
    file: 'builder.ts',
    note: 'Plain.',
    text: typed(`  static override readonly versions = {
    §'1.2.0': 'Plain.',
    §'1.1.0': "The user's country.",
    '1.0.0': 'First release.',
  };`),
  },
  {
    what: 'minified',
    file: 'builder.mts',
    note: 'Adds the price.',
    text: typed("static override readonly versions={§'1.1.0':'Adds the price.',§'1.0.0':'First release.'};").replace(
      "'1.1.0':'Adds the price.',§",
      "'1.1.0':'Adds the price.', §",
    ),
  },
  {
    what: 'in JavaScript, as a constant that is exported below, among others',
    file: 'builder.mjs',
    note: 'Adds the price.',
    text: `#!/usr/bin/env node
${head}
class Base extends DatasetBuilder {
  static versions = { '9.0.0': 'Of another class.' };
}
const Numbers = class extends Base {
  static datasetName = 'numbers';
  static ["versions".length] = { '8.0.0': 'Of another name.' };
  static 'versions' = { §"1.1.0": "Adds the price.", §"1.0.0": "First release." };
  versions = { '7.0.0': 'Of an object.' };
${plainBody.replace(/\}\n$/, '};\n')}
export { Numbers as ${byDefault} };
`,
  },
  {
    what: 'in JavaScript, exported by default, with a name that a constant has',
    file: 'builder.js',
    note: 'Adds the price.',
    text: `${head}const name = 'numbers';
export ${byDefault} class extends DatasetBuilder {
  static datasetName = name;
  static versions = {
    §'1.1.0': 'Adds the price.',
    §'1.0.0': 'First release.',
  };
${plainBody}`,
  },
  {
    what: 'with other statics: versions that can still be built, and a block',
    file: 'builder.ts',
    note: 'Adds the price.',
    text: typed(`  static { void 0; }
  static override readonly supportedVersions = ['1.0.0'];
  static override readonly versions = <const>{ §'1.1.0': 'Adds the price.', §'1.0.1': 'Spelling.', '1.0.0': 'First release.' };
  static override readonly blockedVersions = { '1.0.1': 'Broken.' };`),
  },
];

/** Ways in which versions can't be added to for certain; the message names the line and what is there. */
export const obstacles: readonly (readonly [statics: string, line: number, message: RegExp])[] = [
  ["  static versions = { ...{ '1.0.0': 'First.' } };", 6, /versions has a spread/],
  ["  static versions = {\n    ['1.0.' + 0]: 'First.',\n  };", 7, /versions has a computed name/],
  ["  static versions = Object.freeze({ '1.0.0': 'First.' });", 6, /versions is what a function returns/],
  ['  static versions = releases;', 6, /versions is the constant releases/],
  ['  static versions = all.releases;', 6, /versions is a property of something else/],
  ["  static get versions() { return { '1.0.0': 'First.' }; }", 6, /versions is no field with a value/],
  ["  static { Object.assign(this, { versions: { '1.0.0': 'First.' } }); }", 4, /has no static versions of its own/],
  [
    "  static versions: any = { '1.0.1': 'Not yet.' };\n  static { this.versions = { '1.0.0': 'First.' }; }",
    6,
    /the class has the versions 1\.0\.0, and others stand here/,
  ],
];

/** A module whose class has some statics. */
export const withStatics = (statics: string) =>
  typed(statics).replace('/** A data set. */', "const releases = { '1.0.0': 'First.' }, all = { releases };");
