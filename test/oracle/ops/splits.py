"""What tfds makes of split expressions."""

import tensorflow_datasets as tfds


def _split_infos(splits):
    return tfds.core.SplitDict(
        [
            tfds.core.SplitInfo(name=name, shard_lengths=list(lengths), num_bytes=0, filename_template=None)
            for name, lengths in splits.items()
        ]
    )


def _absolute(instruction, infos):
    return [
        {
            "split": str(part.splitname),
            "from": part.from_ or 0,  # None is the start
            "to": infos[part.splitname].num_examples if part.to is None else part.to,
        }
        for part in instruction.to_absolute(infos)
    ]


def evaluate(expression, splits):
    """Ranges [from, to) of records that `expression` names. `splits`: name → shard lengths."""
    return _absolute(tfds.core.splits.AbstractSplit.from_spec(expression), _split_infos(splits))


def even(split, n, splits, drop_remainder=False):
    """`tfds.even_splits`, as one list of ranges for each part."""
    infos = _split_infos(splits)
    return [_absolute(part, infos) for part in tfds.even_splits(split, n=n, drop_remainder=drop_remainder)]
