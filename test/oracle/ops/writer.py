"""Splits as tfds' own writer writes them, and what is in shard files."""

import hashlib
import pathlib

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds
from tensorflow_datasets.core import example_serializer, file_adapters, naming, writer
from tensorflow_datasets.core.utils import shard_utils


def write(directory, name, split, examples, num_shards=None):
    """Writes `{n: i, s: 'row <i>'}` under the integer keys 0, 1, ... with `tfds.core.writer.Writer`; returns what it says of its shards."""
    features = tfds.features.FeaturesDict({"n": tfds.features.Scalar(np.int64), "s": tfds.features.Text()})
    template = naming.ShardedFileTemplate(
        data_dir=pathlib.Path(directory), dataset_name=name, split=split, filetype_suffix="tfrecord"
    )
    split_writer = writer.Writer(
        serializer=example_serializer.ExampleSerializer(features.get_serialized_info()),
        filename_template=template,
        hash_salt=split,
        disable_shuffling=False,
        example_writer=writer.ExampleWriter(file_format=file_adapters.FileFormat.TFRECORD),
        shard_config=shard_utils.ShardConfig(num_shards=num_shards),
    )
    for i in range(examples):
        split_writer.write(i, features.encode_example({"n": i, "s": f"row {i}"}))
    lengths, num_bytes = split_writer.finalize()
    return {"shard_lengths": lengths, "num_bytes": num_bytes, "files": sorted(p.name for p in pathlib.Path(directory).iterdir())}


def shard_digests(files):
    """Of each TFRecord file: records and sha256 over them, with the keys of each tf.Example sorted."""
    digests = []
    for file in files:
        digest = hashlib.sha256()
        count = 0
        for record in tf.data.TFRecordDataset(file).as_numpy_iterator():
            digest.update(tf.train.Example.FromString(record).SerializeToString(deterministic=True))
            count += 1
        digests.append({"records": count, "sha256": digest.hexdigest()})
    return digests
