"""The built-in data sets, checked against the files that they were made of.

Each function reads a built version with stock tfds (and its Arrow files with stock Hugging Face datasets), reads the sources with Python's own readers, puts
them into the order of tfds' key hash, and compares every value. It returns how much was compared and the first problems.
"""

import csv
import datetime
import glob
import gzip
import hashlib
import json
import os
import re

import datasets
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import tensorflow as tf
import tensorflow_datasets as tfds
from tensorflow_datasets.core import hashing
from tensorflow_datasets.image_classification import mnist as tfds_mnist


def mnist(directory, source):
    """All images and labels, in order, by tfds and by Hugging Face datasets."""
    check = Check()
    for split, prefix in [("train", "train"), ("test", "t10k")]:
        images = _idx(f"{source}/{prefix}-images-idx3-ubyte")
        labels = _idx(f"{source}/{prefix}-labels-idx1-ubyte")
        order = _order(split, range(len(images)))
        read = _read(directory, split)
        rows = datasets.load_from_disk(f"{directory}/arrow/{split}")
        check.equal(f"{split} length", (len(read), len(rows)), (len(order), len(order)))
        for place, (index, example) in enumerate(zip(order, read)):
            check.equal(f"{split} {index} label", int(example["label"]), int(labels[index]))
            check.arrays(f"{split} {index} image", example["image"], images[index].reshape(28, 28, 1))
            if place % 20 == 0:
                row = rows[place]
                check.equal(f"{split} {index} Arrow label", row["label"], int(labels[index]))
                check.arrays(f"{split} {index} Arrow image", np.asarray(row["image"]), images[index].reshape(28, 28))
    return check.report()


def mnist_as_tfds_builds_it(directory, source, scratch):
    """The same records in the same files as tfds' own mnist builder makes of the same sources."""

    class Local(tfds_mnist.MNIST, skip_registration=True):
        pkg_dir_path = scratch

        def _split_generators(self, _):
            paths = lambda prefix: {
                "data_path": f"{source}/{prefix}-images-idx3-ubyte",
                "label_path": f"{source}/{prefix}-labels-idx1-ubyte",
            }
            return [
                tfds.core.SplitGenerator(name="train", gen_kwargs={"num_examples": 60000, **paths("train")}),
                tfds.core.SplitGenerator(name="test", gen_kwargs={"num_examples": 10000, **paths("t10k")}),
            ]

    Local.name = "mnist"
    builder = Local(data_dir=scratch)
    builder.download_and_prepare(download_config=tfds.download.DownloadConfig(try_download_gcs=False))
    check = Check()
    check.equal("features", _json(f"{directory}/features.json")["featuresDict"]["features"].keys(), {"image", "label"})
    for split in ["train", "test"]:
        theirs = builder.info.splits[split]
        ours = tfds.builder_from_directory(directory).info.splits[split]
        check.equal(f"{split} shards", list(ours.shard_lengths), list(theirs.shard_lengths))
        check.equal(f"{split} files", sorted(ours.filenames), sorted(theirs.filenames))
        for name in sorted(theirs.filenames):
            pairs = zip(_records(f"{builder.data_dir}/{name}"), _records(f"{directory}/{name}"), strict=True)
            for index, (theirs_record, ours_record) in enumerate(pairs):
                theirs_label, theirs_image = _label_and_image(theirs_record)
                ours_label, ours_image = _label_and_image(ours_record)
                check.equal(f"{name} {index} label", ours_label, theirs_label)
                if index % 10 == 0:
                    check.arrays(f"{name} {index} image", _pixels(ours_image), _pixels(theirs_image))
    return check.report()


def product_a(directory, source, config, version):
    """Every impression of both policies, joined with its item."""
    with open(f"{source}/item_context_{config}.csv", newline="") as lines:
        items = {row["item_id"]: row for row in csv.DictReader(lines)}
    by_split = {"train": {}, "validation": {}, "test": {}}
    for policy in ["random", "bts"]:
        with gzip.open(f"{source}/{policy}_{config}.csv.gz", "rt", newline="") as lines:
            for row in csv.DictReader(lines):
                day = row["timestamp"][:10]
                split = {"2019-11-29": "validation", "2019-11-30": "test"}.get(day, "train")
                by_split[split][f"{policy}/{row['']}"] = _impression(policy, row, items[row["item_id"]], version)
    check = Check()
    for split, expected in by_split.items():
        order = _order(split, expected)
        read = _read(directory, split)
        rows = datasets.load_from_disk(f"{directory}/arrow/{split}").with_format("numpy")
        check.equal(f"{split} length", (len(read), len(rows)), (len(order), len(order)))
        columns = rows[:]
        for place, (key, example) in enumerate(zip(order, read)):
            check.example(f"{split} {key}", example, expected[key])
            check.equal(f"{split} {key} Arrow timestamp", int(columns["timestamp"][place]), expected[key]["timestamp"])
            check.equal(f"{split} {key} Arrow click", bool(columns["click"][place]), expected[key]["click"])
            if "affinity" in expected[key]:
                check.arrays(f"{split} {key} Arrow affinity", columns["affinity"][place], expected[key]["affinity"])
    return {**check.report(), "examples": {split: len(expected) for split, expected in by_split.items()}}


def _impression(policy, row, item, version):
    when = datetime.datetime.fromisoformat(row["timestamp"])
    since = when - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    example = {
        "policy": ["random", "bts"].index(policy),
        "timestamp": since // datetime.timedelta(microseconds=1),
        "position": int(row["position"]) - 1,
        "click": row["click"] == "1",
        "propensity_score": np.float32(row["propensity_score"]),
        "item": {
            "id": int(item["item_id"]),
            "feature_0": np.float32(item["item_feature_0"]),
            **{f"feature_{i}": item[f"item_feature_{i}"].encode() for i in (1, 2, 3)},
        },
    }
    if version != "1.0.0":
        example["user"] = {f"feature_{i}": row[f"user_feature_{i}"].encode() for i in range(4)}
    if version == "1.2.0":
        columns = [name for name in row if name.startswith("user-item_affinity_")]
        example["affinity"] = np.array([row[name] for name in columns], np.float32)
    return example


def product_b(directory, source):
    """All flights: the TFRecords by TensorFlow's parser, the Arrow files by pyarrow."""
    table = pq.read_table(source)
    table = table.set_column(0, "date", table.column("date").cast(pa.int64()))
    hashes = [hashlib.md5(b"train%d" % row).digest() for row in range(len(table))]
    order = np.array(sorted(range(len(table)), key=hashes.__getitem__))
    expected = {name: table.column(name).to_numpy()[order] for name in table.column_names}
    check = Check()
    arrow = datasets.load_from_disk(f"{directory}/arrow/train").data
    check.equal("Arrow columns", sorted(arrow.column_names), sorted(table.column_names))
    for name in table.column_names:
        check.arrays(f"Arrow {name}", arrow.column(name).to_numpy(), expected[name])
    info = tfds.builder_from_directory(directory).info.splits["train"]
    files = [f"{directory}/{name}" for name in sorted(info.filenames)]
    specification = {
        name: tf.io.FixedLenFeature([], tf.string if name in ("origin", "destination") else tf.int64)
        for name in table.column_names
    }
    read = 0
    for batch in tf.data.TFRecordDataset(files).batch(16384).map(lambda records: tf.io.parse_example(records, specification)):
        size = len(batch["date"])
        for name, values in batch.items():
            wanted = expected[name][read : read + size]
            got = values.numpy()
            check.arrays(f"TFRecord {name} from {read}", got.astype(str) if got.dtype == object else got, wanted.astype(str) if got.dtype == object else wanted)
        read += size
    check.equal("TFRecord length", read, len(table))
    return check.report()


def state_of_the_union(directory, source):
    """Every address with its paragraphs, and what the package says of it."""
    expected = {}
    for path in glob.glob(f"{source}/*.json"):
        about = _json(path)
        with open(path[: -len(".json")] + ".txt", "rb") as text:
            expected[os.path.basename(path)[: -len(".json")]] = {
                "text": text.read(),
                "year": about["year"],
                "president": about["name"].encode(),
                "party": about["party"],
            }
    parties = sorted({about["party"] for about in expected.values()})
    for example in expected.values():
        example["party"] = parties.index(example["party"])
    return _compare_split_by(directory, expected, ["train", "validation", "test"], lambda example: example["year"])


def spam_assassin(directory, source):
    """Every mail, masked by an independent reading of the rule."""
    expected = {}
    groups = ["easy-ham-1", "easy-ham-2", "hard-ham-1", "spam-1", "spam-2"]
    for path in glob.glob(f"{source}/*/*.txt"):
        group, file = path.split("/")[-2:]
        with open(path, "rb") as mail:
            content = mail.read()
        masked, count = mask(content)
        expected[f"{group}/{file.split('.')[0]}"] = {
            "text": masked.encode(),
            "label": int(group.startswith("spam")),
            "group": groups.index(group),
            "addresses": count,
        }
    return _compare_split_by(directory, expected, ["train", "test"], lambda example: example["text"])


_address = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@(?:\[[A-Za-z0-9.:-]{1,64}\]|[A-Za-z0-9%](?:[A-Za-z0-9%.-]*[A-Za-z0-9%])?)"
)


def mask(content):
    """The text of a mail with its addresses replaced, and how many there were."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    return _address.subn("[address]", text)


def weather(directory, source):
    """The family of tables: each row an example, in two splits."""
    with open(source, newline="") as lines:
        expected = {row["date"]: row for row in csv.DictReader(lines)}
    labels = ["drizzle", "fog", "rain", "snow", "sun"]
    check = Check()
    for split in ["train", "again"]:
        read = _read(directory, split)
        check.equal(f"{split} length", len(read), len(expected))
        for key, example in zip(_order(split, expected), read):
            row = expected[key]
            wanted = {
                "precipitation": np.float32(row["precipitation"]),
                "warmest": np.float32(row["temp_max"]),
                "weather": labels.index(row["weather"]),
            }
            check.example(f"{split} {key}", example, wanted)
    return check.report()


def image_folder(directory, folder, splits):
    """The family of image folders: the pixels, labels and file names of tfds' ImageFolder."""
    theirs = tfds.ImageFolder(folder, shape=(None, None, 4))
    ours = tfds.builder_from_directory(directory)
    check = Check()
    check.equal("labels", ours.info.features["label"].names, theirs.info.features["label"].names)
    sizes = {}
    for split in splits:
        wanted = {
            os.path.basename(example["image/filename"].decode()): example
            for example in tfds.as_numpy(theirs.as_dataset(split=split))
        }
        read = {example["filename"].decode(): example for example in _read(directory, split)}
        check.equal(f"{split} files", sorted(read), sorted(wanted))
        sizes[split] = len(read)
        for file, example in read.items():
            check.equal(f"{split} {file} label", example["label"], wanted[file]["label"])
            check.arrays(f"{split} {file} image", example["image"], wanted[file]["image"])
    return {**check.report(), "examples": sizes}


def as_hugging_face_loads(directory, module, folder, columns, scratch):
    """The splits that Hugging Face's `load_dataset` finds in a folder, with the same rows in some order."""
    theirs = datasets.load_dataset(module, data_dir=folder, cache_dir=scratch)
    check = Check()
    sizes = {}
    for split, rows in theirs.items():
        ours = datasets.load_from_disk(f"{directory}/arrow/{split}")
        check.equal(f"{split} rows", _sorted_rows(ours, columns), _sorted_rows(rows, columns))
        sizes[split] = len(ours)
    return {**check.report(), "examples": sizes}


def _sorted_rows(rows, columns):
    """Rows as values that can be sorted: names of classes, and the bytes of images."""
    features = rows.features
    for name in columns:
        if isinstance(features[name], datasets.Image):
            rows = rows.cast_column(name, datasets.Image(decode=False))
    return sorted(
        tuple(repr(_plain(features[name], row[name])) for name in columns) for row in rows.select_columns(columns)
    )


def _plain(feature, value):
    if isinstance(feature, datasets.ClassLabel):
        return feature.int2str(value)
    if isinstance(feature, datasets.Image):
        if value["bytes"] is not None:
            return value["bytes"]
        with open(value["path"], "rb") as image:
            return image.read()
    return value


def keys_give_order(directory, split, column, expected):
    """Rows lie in the order of tfds' hash of their keys, each with its value of a column."""
    check = Check()
    values = [str(example[column]) for example in _read(directory, split)]
    check.equal(f"{split} {column}", values, [expected[key] for key in _order(split, expected)])
    return check.report()


def mask_all(texts):
    return [_address.subn("[address]", text) for text in texts]


def _compare_split_by(directory, expected, splits, group):
    """Which split an example is in is the product's choice; what must hold: none is lost, none is in two, groups stay together."""
    check = Check()
    of_example = {}
    for key, example in expected.items():
        of_example.setdefault(example["text"], []).append(key)
    homes = {}
    sizes = {}
    left = set(expected)
    for split in splits:
        read = _read(directory, split)
        rows = datasets.load_from_disk(f"{directory}/arrow/{split}")
        check.equal(f"{split} length", len(rows), len(read))
        sizes[split] = len(read)
        keys = []
        for example, row in zip(read, rows):
            candidates = [key for key in of_example.get(example["text"], []) if key in left and _same(example, expected[key])]
            if not candidates:
                check.problem(f"{split}: an example that is not in the source, or comes twice: {example['text'][:60]!r}")
                continue
            key = candidates[0]
            left.remove(key)
            keys.append(key)
            check.compared += len(expected[key])
            check.equal(f"{split} {key} Arrow text", row["text"].encode(), expected[key]["text"])
            home = homes.setdefault(group(expected[key]), split)
            check.equal(f"{split} {key} split", split, home)
        if len(set(of_example)) == len(expected):
            check.equal(f"{split} order", keys, _order(split, keys))
    check.equal("left over", sorted(left)[:5], [])
    return {**check.report(), "examples": sizes}


def _same(example, expected):
    return all(example[name] == value for name, value in expected.items())


class Check:
    """Counts comparisons and keeps the first problems."""

    def __init__(self):
        self.compared = 0
        self.problems = []

    def equal(self, what, got, wanted):
        self.compared += 1
        if got != wanted:
            self.problem(f"{what}: {str(got)[:200]} instead of {str(wanted)[:200]}")

    def arrays(self, what, got, wanted):
        self.compared += 1
        if not (got.shape == wanted.shape and np.array_equal(got, wanted)):
            self.problem(f"{what}: {str(got)[:200]} instead of {str(wanted)[:200]}")

    def example(self, what, got, wanted):
        self.equal(f"{what} fields", sorted(got), sorted(wanted))
        for name, value in wanted.items():
            if isinstance(value, dict):
                self.example(f"{what}/{name}", got[name], value)
            elif isinstance(value, np.ndarray):
                self.arrays(f"{what}/{name}", got[name], value)
            else:
                self.equal(f"{what}/{name}", got[name], value)

    def problem(self, text):
        if len(self.problems) < 10:
            self.problems.append(text)

    def report(self):
        return {"compared": self.compared, "problems": self.problems}


def _read(directory, split):
    builder = tfds.builder_from_directory(directory)
    dataset = builder.as_dataset(
        split=split, shuffle_files=False, read_config=tfds.ReadConfig(interleave_cycle_length=1)
    )
    return list(tfds.as_numpy(dataset))


def _order(split, keys):
    hasher = hashing.Hasher(split)
    return sorted(keys, key=hasher.hash_key)


def _idx(path):
    with open(path, "rb") as content:
        head = content.read(4)
        shape = np.frombuffer(content.read(4 * head[3]), ">u4")
        return np.frombuffer(content.read(), np.uint8).reshape(shape)


def _json(path):
    with open(path, encoding="utf-8") as text:
        return json.load(text)


def _records(file):
    return [record.numpy() for record in tf.data.TFRecordDataset(file)]


def _label_and_image(record):
    features = tf.train.Example.FromString(record).features.feature
    return features["label"].int64_list.value[0], features["image"].bytes_list.value[0]


def _pixels(png):
    return tf.io.decode_png(png).numpy()
