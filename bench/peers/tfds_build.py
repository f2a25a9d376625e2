"""tfds' own build: `python tfds_build.py flights|mnist|wide|csv|jsonl <input> <directory>`. The clock runs in `download_and_prepare` alone."""

import glob
import json
import sys
import time

import numpy as np
import tensorflow_datasets as tfds

from common import flights, report

tfds.disable_progress_bar()


def flights_features(_):
    scalar = tfds.features.Scalar
    return {
        "date": scalar(np.int64),
        "delay": scalar(np.int64),
        "distance": scalar(np.int64),
        "origin": tfds.features.Text(),
        "destination": tfds.features.Text(),
    }


def mnist_features(_):
    return {
        "image": tfds.features.Image(shape=(28, 28, 1)),
        "label": tfds.features.ClassLabel(num_classes=10),
    }


def mnist_examples(directory, prefix):
    """As tfds' own mnist reads its files."""
    images = np.fromfile(f"{directory}/{prefix}-images-idx3-ubyte", np.uint8)[16:].reshape(-1, 28, 28, 1)
    labels = np.fromfile(f"{directory}/{prefix}-labels-idx1-ubyte", np.uint8)[8:].astype(np.int64)
    for index, (image, label) in enumerate(zip(images, labels)):
        yield index, {"image": image, "label": label}


def wide_features(file):
    def feature(kind):
        return {
            "float": lambda: tfds.features.Scalar(np.float32),
            "int": lambda: tfds.features.Scalar(np.int64),
            "text": lambda: tfds.features.Text(),
            "tensor": lambda: tfds.features.Tensor(shape=(16,), dtype=np.float32),
            "sequence": lambda: tfds.features.Sequence(np.int64),
            "ragged": lambda: tfds.features.Sequence(tfds.features.Sequence(np.float32)),
            "record": lambda: {"a": tfds.features.Scalar(np.float32), "b": tfds.features.Text()},
            "optional": lambda: tfds.features.Scalar(np.int64, optional=True),
        }[kind]()

    return {name: feature(kind) for name, kind in wide_input(file)["features"].items()}


def wide_examples(file):
    data = wide_input(file)
    examples = data["examples"]
    for index in range(data["rows"]):
        yield index, examples[index % len(examples)]


def wide_input(file):
    with open(file) as opened:
        return json.load(opened)


def table_features(_):
    scalar = tfds.features.Scalar
    numbers = {name: scalar(np.int64) for name in ("date", "delay", "distance")}
    texts = {name: tfds.features.Text() for name in ("origin", "destination", "note")}
    return {**numbers, **texts, "score": scalar(np.float32)}


def table_examples(read):
    """Rows by pandas, in columns that become Python objects chunk by chunk."""

    def examples(folder):
        for file in sorted(glob.glob(f"{folder}/part-*")):
            for chunk in read(file):
                columns = [chunk[name].tolist() for name in chunk.columns]
                for row in zip(*columns):
                    example = dict(zip(chunk.columns, row))
                    yield example.pop("id"), example

    return examples


def csv_chunks(file):
    import pandas as pd

    return pd.read_csv(file, chunksize=16384)


def jsonl_chunks(file):
    import pandas as pd

    return pd.read_json(file, lines=True, chunksize=16384, convert_dates=False)


SETS = {
    "csv": (table_features, {"train": table_examples(csv_chunks)}),
    "jsonl": (table_features, {"train": table_examples(jsonl_chunks)}),
    "flights": (flights_features, {"train": flights}),
    "mnist": (
        mnist_features,
        {"train": lambda d: mnist_examples(d, "train"), "test": lambda d: mnist_examples(d, "t10k")},
    ),
    "wide": (wide_features, {"train": wide_examples}),
}


def main(name, data, directory):
    features, splits = SETS[name]

    class Peer(tfds.core.GeneratorBasedBuilder, skip_registration=True):
        VERSION = tfds.core.Version("1.0.0")
        pkg_dir_path = directory

        def _info(self):
            return tfds.core.DatasetInfo(builder=self, features=tfds.features.FeaturesDict(features(data)))

        def _split_generators(self, _):
            return {split: examples(data) for split, examples in splits.items()}

        def _generate_examples(self):
            raise NotImplementedError("the splits are generators themselves")

    Peer.name = f"peer_{name}"
    builder = Peer(data_dir=directory)
    started = time.perf_counter()
    builder.download_and_prepare(download_config=tfds.download.DownloadConfig(try_download_gcs=False))
    report(started, examples=sum(split.num_examples for split in builder.info.splits.values()))


main(*sys.argv[1:])
