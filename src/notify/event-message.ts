import type { NotificationDraft } from './event.js';

/** What happened, in one sentence. */
export function eventMessage(event: NotificationDraft & { readonly reference: string }): string {
  const { reference, dataset, version = '', registry, alias, from, reason = '', aliases = [] } = event;
  const because = reason === '' ? '' : `: ${reason}`;
  switch (event.event) {
    case 'start':
      return `${reference} is being built for ${registry}`;
    case 'failure':
      return `${reference} could not be built: ${event.failure?.message ?? 'nobody knows why'}`;
    case 'recovery':
      return `${reference} is built again, after a build that failed`;
    case 'publish':
      return `${reference} is published in ${registry}${amountText(event.splits)}`;
    case 'promote':
      if (alias === undefined) return `${reference} was copied from ${from ?? '?'} to ${registry}${because}`;
      return `${dataset}@${alias} stands for ${reference} now${from === undefined ? '' : `, before for ${from}`}${because}`;
    case 'rollback':
      return `${dataset}@${alias ?? ''} was taken back to ${reference}${from === undefined ? '' : ` from ${from}`}${because}`;
    case 'yank': {
      const still = aliases.map((name) => `@${name}`).join(', ');
      const verb = aliases.length === 1 ? 'stands' : 'stand';
      return `${reference} is not to be used any more${because}${still === '' ? '' : ` (${still} still ${verb} for ${version})`}`;
    }
    case 'unyank':
      return `${reference} may be used again${because}`;
    case 'test':
      return 'This is a test of the notifications of ailab-datasets';
  }
}

function amountText(splits: Readonly<Record<string, number>> = {}): string {
  const amounts = Object.entries(splits).map(([name, examples]) => `${name} ${examples}`);
  return amounts.length === 0 ? '' : ` (examples: ${amounts.join(', ')})`;
}
