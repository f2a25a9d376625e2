"""Directories as others write them: Hugging Face datasets, Spark, TensorFlow, pyarrow."""

import os

import datasets
import numpy as np
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import tensorflow as tf


def _pictures(count):
    return [np.full((3, 2, 3), index % 256, dtype=np.uint8) for index in range(count)]


def write_hugging_face(directory, counts):
    """A `DatasetDict` with an image, class labels, nested columns, arrays and nulls; several files a split."""
    features = datasets.Features(
        {
            "id": datasets.Value("int64"),
            "picture": datasets.Image(),
            "label": datasets.ClassLabel(names=["cat", "dog"]),
            "name": datasets.Value("large_string"),
            "box": datasets.List(datasets.Value("float32"), length=4),
            "tags": datasets.List(datasets.Value("string")),
            "objects": datasets.List({"kind": datasets.ClassLabel(names=["a", "b"]), "area": datasets.Value("float64")}),
            "grid": datasets.Array2D(shape=(2, 3), dtype="int32"),
            "note": datasets.Value("string"),
            "user": {"age": datasets.Value("uint8"), "photo": datasets.Image()},
        }
    )

    def rows(first, count):
        pictures = _pictures(count)
        for index in range(first, first + count):
            yield {
                "id": index,
                "picture": pictures[index - first],
                "label": index % 2,
                "name": f"é {index}",
                "box": [0.0, 0.25, 0.5, index],
                "tags": [f"t{index}"] * (index % 3),
                "objects": [{"kind": index % 2, "area": index / 3}] * (index % 4),
                "grid": [[index, 1, 2], [3, 4, 5]],
                "note": None if index % 5 == 0 else "seen",
                "user": {"age": index % 100, "photo": None if index % 2 else pictures[0]},
            }

    first = 0
    splits = {}
    for split, count in counts.items():
        splits[split] = datasets.Dataset.from_list(list(rows(first, count)), features=features)
        first += count
    datasets.DatasetDict(splits).save_to_disk(directory, num_shards={split: 2 for split in counts})


def write_spark(directory, files):
    """Parquet as Spark leaves it: part files with a UUID, one of them empty, and `_SUCCESS`."""
    os.makedirs(directory, exist_ok=True)
    schema = pa.schema(
        [
            ("id", pa.int64()),
            ("price", pa.float64()),
            ("name", pa.string()),
            ("raw", pa.binary()),
            ("days", pa.list_(pa.int32())),
            ("place", pa.struct([("city", pa.string()), ("at", pa.list_(pa.float32()))])),
            ("bought", pa.bool_()),
        ]
    )
    first = 0
    for part, count in enumerate(files):
        rows = [
            {
                "id": 2**60 + index,
                "price": None if index % 7 == 0 else index / 3,
                "name": f"é {index}",
                "raw": bytes([255, index % 256]),
                "days": list(range(index % 4)),
                "place": {"city": "Köln", "at": [index / 2] * (index % 3)},
                "bought": index % 2 == 0,
            }
            for index in range(first, first + count)
        ]
        first += count
        name = f"part-{part:05d}-3f2c9d1e-9a4b-4c5e-8d6f-7a8b9c0d1e2f-c000.snappy.parquet"
        pq.write_table(pa.Table.from_pylist(rows, schema), os.path.join(directory, name), compression="snappy")
    open(os.path.join(directory, "_SUCCESS"), "w").close()


def read_parquet_rows(files):
    """The rows of Parquet files one after the other, as pyarrow reads them."""
    return [row for file in files for row in pq.read_table(file).to_pylist()]


def write_examples(directory, files):
    """tf.Examples of which nobody says the features."""
    os.makedirs(directory, exist_ok=True)
    for name, (first, count) in files.items():
        with tf.io.TFRecordWriter(os.path.join(directory, name)) as writer:
            for index in range(first, first + count):
                feature = {
                    "id": tf.train.Feature(int64_list=tf.train.Int64List(value=[-index])),
                    "pair": tf.train.Feature(float_list=tf.train.FloatList(value=[index, 0.5])),
                    "words": tf.train.Feature(bytes_list=tf.train.BytesList(value=[b"w"] * (index % 3))),
                    "raw": tf.train.Feature(bytes_list=tf.train.BytesList(value=[bytes([255, index % 256])])),
                    "image/height": tf.train.Feature(int64_list=tf.train.Int64List(value=[index])),
                }
                if index % 4 != 0:
                    feature["name"] = tf.train.Feature(bytes_list=tf.train.BytesList(value=["é".encode()]))
                writer.write(tf.train.Example(features=tf.train.Features(feature=feature)).SerializeToString())


def write_arrow_file(file, first, count, extra=None):
    """An Arrow IPC file (Feather 2), as a notebook writes it, without compression."""
    os.makedirs(os.path.dirname(file), exist_ok=True)
    columns = {"id": pa.array(range(first, first + count), pa.int64()), "name": [f"é {i}" for i in range(count)]}
    if extra == "timestamp":
        columns["seen"] = pa.array([0] * count, pa.timestamp("us"))
    pyarrow.feather.write_feather(pa.table(columns), file, compression="uncompressed")
