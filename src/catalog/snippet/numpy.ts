import { arrowFolder, hasImages, imageImports } from './arrow-python.js';
import { pythonName } from './python-text.js';
import type { SnippetSplit, SnippetVersion } from './snippet-version.js';

export function numpySnippet(version: SnippetVersion, split: SnippetSplit): string {
  const name = pythonName(split.name);
  const imports = imageImports(version);
  return `${imports.standard}from pathlib import Path

import numpy as np
import pyarrow as pa${imports.others}


def read(folder):
    """The shards of a split as one table, memory-mapped: nothing is read before it is used."""
    shards = sorted(Path(folder).glob('*.arrow'))
    return pa.concat_tables(pa.ipc.open_stream(pa.memory_map(str(shard))).read_all() for shard in shards)


def to_numpy(array):
    """Numbers with their dimensions; records as dictionaries; texts, bytes, and what varies in length or is missing, as objects."""
${imageBranch(version)}    if pa.types.is_struct(array.type) and array.null_count == 0:
        return {field.name: to_numpy(array.field(i)) for i, field in enumerate(array.type)}
    shape, values = [len(array)], array
    while pa.types.is_fixed_size_list(values.type) and values.null_count == 0:
        shape.append(values.type.list_size)
        values = values.flatten()
    if values.null_count == 0 and (pa.types.is_primitive(values.type) or pa.types.is_boolean(values.type)):
        return values.to_numpy(zero_copy_only=False).reshape(shape)
    objects = np.empty(len(array), dtype=object)
    objects[:] = array.to_pylist()
    return objects


${name} = read(${arrowFolder(version, split)})
print(${name}.schema)

# A thousand examples at a time; leave out the slice for all of them.
batch = ${name}.slice(0, 1000)
columns = {column: to_numpy(batch[column].combine_chunks()) for column in batch.column_names}
for column, values in columns.items():
    print(column, list(values) if isinstance(values, dict) else (values.dtype, values.shape))
`;
}

function imageBranch(version: SnippetVersion): string {
  if (!hasImages(version)) return '';
  return `    if pa.types.is_struct(array.type) and [field.name for field in array.type] == ['bytes', 'path']:
        images = [image and np.atleast_3d(Image.open(io.BytesIO(image['bytes']))) for image in array.to_pylist()]
        same = all(image is not None and image.shape == images[0].shape for image in images)
        objects = np.empty(len(images), dtype=object)
        objects[:] = images
        return np.stack(images) if same and images else objects
`;
}
