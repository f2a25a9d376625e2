"""Reading a version of product_b: `python read.py tf_data|tfds|hf <version directory> [rows]`. The clock starts at the first batch asked for."""

import glob
import sys
import time

from common import report


def tf_data(directory, _):
    """Batches of parsed tensors in the way that was fastest of a dozen: two files at a time, each read and parsed in batches of 2048."""
    import tensorflow as tf

    files = sorted(glob.glob(f"{directory}/product_b-train.tfrecord-*"))
    numbers = {name: tf.io.FixedLenFeature([], tf.int64) for name in ("date", "delay", "distance")}
    texts = {name: tf.io.FixedLenFeature([], tf.string) for name in ("origin", "destination")}

    def batches(file):
        records = tf.data.TFRecordDataset(file).batch(2048)
        return records.map(lambda batch: tf.io.parse_example(batch, {**numbers, **texts}))

    started = time.perf_counter()
    dataset = (
        tf.data.Dataset.from_tensor_slices(files)
        .interleave(batches, cycle_length=2, num_parallel_calls=2, deterministic=False)
        .prefetch(tf.data.AUTOTUNE)
    )
    examples = sum(int(batch["delay"].shape[0]) for batch in dataset)
    report(started, examples=examples)


def tfds(directory, rows):
    import tensorflow_datasets

    builder = tensorflow_datasets.builder_from_directory(directory)
    started = time.perf_counter()
    dataset = builder.as_dataset(split=f"train[:{rows}]", shuffle_files=False)
    examples = sum(1 for _ in tensorflow_datasets.as_numpy(dataset))
    report(started, examples=examples)


def hf(directory, _):
    import datasets

    loaded = datasets.load_from_disk(f"{directory}/arrow/train").with_format("numpy")
    started = time.perf_counter()
    examples = sum(len(batch["delay"]) for batch in loaded.iter(1024))
    report(started, examples=examples)


{"tf_data": tf_data, "tfds": tfds, "hf": hf}[sys.argv[1]](sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else "")
