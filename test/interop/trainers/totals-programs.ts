/** Python that goes on where a snippet ends, reads all of `train` and prints its totals as JSON: see `Totals`. */
export const totalsPrograms: Readonly<Record<string, string>> = {
  tfds: `
import json

totals = {'rows': 0, 'clicks': 0, 'affinity': 0.0}
for example in tfds.as_numpy(train):
    totals['rows'] += 1
    totals['clicks'] += int(example['click'])
    totals['affinity'] += float(example['affinity'].sum())
print(json.dumps(totals))
`,
  tensorflow: `
import json

totals = {'rows': 0, 'clicks': 0, 'affinity': 0.0}
for batch in train:
    totals['rows'] += len(batch['click'])
    totals['clicks'] += int(tf.reduce_sum(tf.cast(batch['click'], tf.int64)))
    totals['affinity'] += float(tf.reduce_sum(batch['affinity']))
print(json.dumps(totals))
`,
  hf: `
import json

totals = {'rows': 0, 'clicks': 0, 'affinity': 0.0}
for batch in train.with_format('numpy').iter(batch_size=1000):
    totals['rows'] += len(batch['click'])
    totals['clicks'] += int(batch['click'].sum())
    totals['affinity'] += float(batch['affinity'].sum())
print(json.dumps(totals))
`,
  numpy: `
import json

columns = {column: to_numpy(train[column].combine_chunks()) for column in ('click', 'affinity')}
totals = {'rows': train.num_rows, 'clicks': int(columns['click'].sum()), 'affinity': float(columns['affinity'].sum())}
print(json.dumps(totals))
`,
};

/**
 * Python that reads `train` through the torch snippet's own class, as two ranks with two workers each.
 *
 * @param opening the snippet's expression that opens the split
 */
export function torchTotals(opening: string): string {
  return `import json

from torch.utils.data import BatchSampler, DataLoader, DistributedSampler
from torch_snippet import ArrowShards

totals = {'rows': 0, 'clicks': 0, 'affinity': 0.0}
train = ${opening}
for rank in range(2):
    # The rows are an even number, so no rank repeats one to have as many as the other.
    sampler = DistributedSampler(train, num_replicas=2, rank=rank, shuffle=True, seed=7)
    batches = BatchSampler(sampler, batch_size=256, drop_last=False)
    for batch in DataLoader(train, sampler=batches, batch_size=None, num_workers=2):
        totals['rows'] += len(batch['click'])
        totals['clicks'] += int(batch['click'].sum())
        totals['affinity'] += float(batch['affinity'].sum())
print(json.dumps(totals))
`;
}
