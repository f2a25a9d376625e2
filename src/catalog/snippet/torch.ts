import { arrowFolder, hasImages, imageImports } from './arrow-python.js';
import { pythonName } from './python-text.js';
import type { SnippetSplit, SnippetVersion } from './snippet-version.js';

export function torchSnippet(version: SnippetVersion, split: SnippetSplit): string {
  const name = pythonName(split.name);
  const imports = imageImports(version);
  return `${imports.standard}import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import torch${imports.others}
from torch.utils.data import BatchSampler, DataLoader, Dataset, DistributedSampler


class ArrowShards(Dataset):
    """The shards of a split, memory-mapped: all workers on a machine share their pages. Indexed by lists of rows."""

    def __init__(self, folder):
        self.shards = [str(shard) for shard in sorted(Path(folder).glob('*.arrow'))]
        self.starts = np.cumsum([0] + [batch.num_rows for batch in self.read()])
        self.batches = None

    def read(self):
        return [batch for shard in self.shards for batch in pa.ipc.open_stream(pa.memory_map(shard))]

    def __len__(self):
        return int(self.starts[-1])

    def __getitem__(self, rows):
        if self.batches is None:  # Once in each worker: a mapping is not sent from process to process.
            self.batches = self.read()
        places = np.searchsorted(self.starts, rows, side='right') - 1
        picked = [self.batches[place].slice(row - self.starts[place], 1) for place, row in zip(places, rows)]
        columns = pa.Table.from_batches(picked).combine_chunks()
        return {name: to_tensor(columns[name].combine_chunks()) for name in columns.column_names}


def to_tensor(array):
    """Numbers with their dimensions; records as dictionaries; texts, bytes, and what varies in length or is missing, as lists."""
${imageBranch(version)}    if pa.types.is_struct(array.type) and array.null_count == 0:
        return {field.name: to_tensor(array.field(i)) for i, field in enumerate(array.type)}
    shape, values = [len(array)], array
    while pa.types.is_fixed_size_list(values.type) and values.null_count == 0:
        shape.append(values.type.list_size)
        values = values.flatten()
    if values.null_count or not (pa.types.is_primitive(values.type) or pa.types.is_boolean(values.type)):
        return array.to_pylist()
    numbers = values.to_numpy(zero_copy_only=False)
    if numbers.dtype in (np.uint16, np.uint32, np.uint64):  # Not every PyTorch has these.
        numbers = numbers.astype(np.int64)
    return torch.tensor(numbers).reshape(shape)


def main():
    ${name} = ArrowShards(${arrowFolder(version, split)})
    # torchrun sets RANK and WORLD_SIZE; alone, this process takes everything.
    sampler = DistributedSampler(
        ${name},
        num_replicas=int(os.environ.get('WORLD_SIZE', '1')),
        rank=int(os.environ.get('RANK', '0')),
        shuffle=True,
    )
    batches = BatchSampler(sampler, batch_size=256, drop_last=False)
    loader = DataLoader(${name}, sampler=batches, batch_size=None, num_workers=2)
    for epoch in range(1):
        sampler.set_epoch(epoch)
        for step, batch in enumerate(loader):
            if step == 0:
                print({column: getattr(values, 'shape', type(values)) for column, values in batch.items()})


if __name__ == '__main__':
    main()
`;
}

function imageBranch(version: SnippetVersion): string {
  if (!hasImages(version)) return '';
  return `    if pa.types.is_struct(array.type) and [field.name for field in array.type] == ['bytes', 'path']:
        images = [image and torch.tensor(np.atleast_3d(Image.open(io.BytesIO(image['bytes'])))) for image in array.to_pylist()]
        same = all(image is not None and image.shape == images[0].shape for image in images)
        return torch.stack(images) if same else images
`;
}
