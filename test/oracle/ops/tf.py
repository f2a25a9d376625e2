"""TFRecord files and tf.train.Example messages, by TensorFlow."""

import tensorflow as tf


def read_records(files, limit=None):
    """The records of TFRecord files as bytes; TensorFlow verifies both checksums of each."""
    records = tf.data.TFRecordDataset(files)
    return list((records if limit is None else records.take(limit)).as_numpy_iterator())


def write_records(file, records, compression=None):
    """Writes a TFRecord file; `compression` is '', 'GZIP' or 'ZLIB'."""
    with tf.io.TFRecordWriter(file, options=compression) as writer:
        for record in records:
            writer.write(record)


def write_examples(file, examples):
    """Writes a TFRecord file of tf.train.Examples, each as `serialize_example` takes it."""
    write_records(file, [serialize_example(example) for example in examples])


def parse_example(record):
    """tf.train.Example → {key: {kind: 'bytes' | 'int64' | 'float' | None, values}}."""
    example = tf.train.Example.FromString(record)
    return {key: _from_feature(feature) for key, feature in example.features.feature.items()}


def parse_examples(records):
    return [parse_example(record) for record in records]


def serialize_example(features):
    """{key: {kind, values}} → the bytes of the tf.train.Example with its keys sorted."""
    example = tf.train.Example()
    for key, feature in features.items():
        kind = feature["kind"]
        if kind is None:
            example.features.feature[key].SetInParent()
            continue
        field = getattr(example.features.feature[key], f"{kind}_list")
        field.SetInParent()
        field.value.extend(feature["values"])
    return example.SerializeToString(deterministic=True)


def canonical_example(record):
    """A record again, with its keys sorted as deterministic serialisation sorts them."""
    return tf.train.Example.FromString(record).SerializeToString(deterministic=True)


def _from_feature(feature):
    kind = feature.WhichOneof("kind")
    if kind is None:
        return {"kind": None, "values": []}
    return {"kind": kind.removesuffix("_list"), "values": list(getattr(feature, kind).value)}


def decode_image(data, channels=0):
    """Pixels of a PNG, JPEG, GIF or BMP."""
    return tf.io.decode_image(data, channels=channels).numpy()


def encode_image(pixels, format="png"):
    """PNG or JPEG of a uint8 (PNG: or uint16) tensor of shape [height, width, channels]."""
    encoder = {"png": tf.io.encode_png, "jpeg": tf.io.encode_jpeg}[format]
    return encoder(tf.constant(pixels)).numpy()
