"""Versions as stock tfds opens them, and what tfds itself would write."""

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds
from tensorflow_datasets.core import example_serializer


def open(directory=None, name=None, data_dir=None):
    """What tfds knows of a version: by directory (`builder_from_directory`) or by name below a registry (`tfds.builder`)."""
    builder = _builder(directory, name, data_dir)
    info = builder.info
    return {
        "name": builder.name,
        "config": builder.builder_config.name if builder.builder_config else None,
        "version": str(builder.version),
        "full_name": info.full_name,
        "description": info.description,
        "citation": info.citation,
        "homepage": info.homepage,
        "supervised_keys": _supervised_keys(info.supervised_keys),
        "release_notes": dict(builder.release_notes or {}),
        "features": repr(info.features),
        "features_json": info.features.to_json(),
        "splits": {
            name: {
                "num_examples": split.num_examples,
                "num_bytes": split.num_bytes,
                "shard_lengths": list(split.shard_lengths),
                "filenames": sorted(split.filenames),
            }
            for name, split in info.splits.items()
        },
    }


def read(split, directory=None, name=None, data_dir=None, limit=None, skip_decoding=(), decode=True):
    """The examples of a split expression in the order of the files.

    `skip_decoding` lists paths (`image`, `user/picture`) whose stored bytes are wanted; `decode=False` skips all.
    """
    builder = _builder(directory, name, data_dir)
    dataset = builder.as_dataset(
        split=split,
        shuffle_files=False,
        read_config=tfds.ReadConfig(interleave_cycle_length=1),
        decoders=_decoders(builder.info.features, skip_decoding, decode),
    )
    return list(tfds.as_numpy(dataset if limit is None else dataset.take(limit)))


def columns(split, directory=None, name=None, data_dir=None, keys=None):
    """A split as one tensor a feature (`batch_size=-1`), for data with fixed shapes; `keys` picks features."""
    builder = _builder(directory, name, data_dir)
    dataset = builder.as_dataset(
        split=split, shuffle_files=False, read_config=tfds.ReadConfig(interleave_cycle_length=1)
    )
    if keys is not None:
        dataset = dataset.map(lambda example: {key: example[key] for key in keys})
    batch = next(iter(tfds.as_numpy(dataset.batch(max(1, builder.info.splits[split].num_examples)))))
    return batch


def features(expression=None, json=None):
    """A feature, written as a Python expression (`tfds.features.Text()`) or as features.json: its repr, JSON and specs."""
    feature = _features(expression, json)
    return {
        "repr": repr(feature),
        "json": feature.to_json(),
        "serialized_info": _specs(feature.get_serialized_info()),
        "tensor_info": _specs(feature.get_tensor_info()),
    }


def write_features(directory, expression=None, json=None):
    """Writes features.json and label files as tfds does (`save_config`); creates the directory."""
    tf.io.gfile.makedirs(directory)
    _features(expression, json).save_config(directory)


def read_features(directory):
    """Reads features.json and label files as tfds does (`from_config`)."""
    feature = tfds.features.FeatureConnector.from_config(directory)
    return {"repr": repr(feature), "json": feature.to_json()}


def encode_examples(examples, expression=None, json=None):
    """The tf.Example of each example, as tfds encodes and serialises it, with its keys sorted. The features are a FeaturesDict."""
    feature = _features(expression, json)
    serializer = example_serializer.ExampleSerializer(feature.get_serialized_info())
    return [
        serializer.get_tf_example(feature.encode_example(example)).SerializeToString(deterministic=True)
        for example in examples
    ]


def decode_examples(records, expression=None, json=None):
    """Serialised tf.Examples, parsed and decoded by tfds."""
    feature = _features(expression, json)
    return [tfds.as_numpy(feature.deserialize_example(record)) for record in records]


def build(
    directory, name, examples, expression=None, json=None, version="1.0.0", num_shards=None, supervised_keys=None
):
    """Builds a data set with tfds itself, TFRecord, below `directory`; `examples`: split → list of [key, example]. Returns its directory."""
    feature = _features(expression, json)

    class Builder(tfds.core.GeneratorBasedBuilder, skip_registration=True):
        VERSION = tfds.core.Version(version)
        pkg_dir_path = directory

        def _info(self):
            keys = tuple(supervised_keys) if supervised_keys else None
            return tfds.core.DatasetInfo(builder=self, features=feature, supervised_keys=keys)

        def _split_generators(self, _):
            return {split: iter([(key, example) for key, example in pairs]) for split, pairs in examples.items()}

        def _generate_examples(self):
            raise NotImplementedError("the splits are generators themselves")

    Builder.name = name
    builder = Builder(data_dir=directory)
    builder.download_and_prepare(
        download_config=tfds.download.DownloadConfig(num_shards=num_shards, try_download_gcs=False)
    )
    return str(builder.data_dir)


def _builder(directory, name, data_dir):
    if directory is not None:
        return tfds.builder_from_directory(directory)
    return tfds.builder(name, data_dir=data_dir, try_gcs=False)


def _features(expression, json):
    if json is not None:
        return tfds.features.FeatureConnector.from_json(json)
    return eval(expression, {"tfds": tfds, "tf": tf, "np": np})  # the expression is the test's own text


def _supervised_keys(keys):
    return None if keys is None else tf.nest.map_structure(str, list(keys) if isinstance(keys, tuple) else keys)


def _decoders(features, skip_decoding, decode):
    if not decode:
        return tf.nest.map_structure(lambda _: tfds.decode.SkipDecoding(), {key: None for key in features})
    decoders = {}
    for path in skip_decoding:
        *parents, leaf = path.split("/")
        level = decoders
        for parent in parents:
            level = level.setdefault(parent, {})
        level[leaf] = tfds.decode.SkipDecoding()
    return decoders or None


def _specs(info):
    if isinstance(info, dict):
        return {key: _specs(value) for key, value in info.items()}
    return {
        "shape": list(info.shape) if info.shape is not None else None,
        "dtype": np.dtype(info.dtype).name if info.dtype is not None else None,
        "sequence_rank": info.sequence_rank,
    }
