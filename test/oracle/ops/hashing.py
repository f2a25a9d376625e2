"""tfds' key hash and the order and shards that follow from it, without TensorFlow."""

from tensorflow_datasets.core import hashing
from tensorflow_datasets.core.utils import shard_utils


def hash_keys(split, keys):
    """The 128-bit hash of each key, as 32 hexadecimal digits."""
    hasher = hashing.Hasher(split)
    return [f"{hasher.hash_key(key):032x}" for key in keys]


def order(split, keys):
    """Positions of the keys in the order in which tfds writes them."""
    hasher = hashing.Hasher(split)
    hashes = [hasher.hash_key(key) for key in keys]
    return sorted(range(len(keys)), key=hashes.__getitem__)


def shard_count(total_bytes, examples):
    """Number of shards for `examples` serialised examples of `total_bytes` in all."""
    return shard_utils.ShardConfig.calculate_number_shards(total_bytes, examples)


def shard_boundaries(examples, shards):
    """Index after the last example of each shard."""
    return list(shard_utils.get_shard_boundaries(examples, shards))
