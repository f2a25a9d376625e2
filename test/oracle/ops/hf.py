"""Versions as Hugging Face datasets opens them."""

import tempfile

import datasets


def load_from_disk(directory, decode=True, limit=None):
    """A `Dataset`, or a `DatasetDict` as {split: ...}."""
    loaded = datasets.load_from_disk(directory)
    if isinstance(loaded, datasets.DatasetDict):
        return {name: _describe(dataset, decode, limit) for name, dataset in loaded.items()}
    return _describe(loaded, decode, limit)


def from_file(file, decode=True, limit=None):
    """One Arrow IPC stream file, memory-mapped."""
    return _describe(datasets.Dataset.from_file(file), decode, limit)


def load_parquet(directory, decode=True):
    """A folder of Parquet files as `load_dataset` finds its splits: {split: ...}."""
    with tempfile.TemporaryDirectory() as cache:
        loaded = datasets.load_dataset(directory, cache_dir=cache)
        return {name: _describe(dataset, decode, None) for name, dataset in loaded.items()}


def write(directory, expression, examples):
    """Writes a `Dataset` with datasets itself; `expression` are its features, `datasets.Features({...})`."""
    features = eval(expression, {"datasets": datasets})  # the expression is the test's own text
    datasets.Dataset.from_list(examples, features=features).save_to_disk(directory)


def arrow_schema(expression):
    """Arrow fields and metadata that datasets writes for its features."""
    schema = eval(expression, {"datasets": datasets}).arrow_schema  # the expression is the test's own text
    return {
        "fields": [{"name": field.name, "type": str(field.type), "nullable": field.nullable} for field in schema],
        "metadata": {key.decode(): value.decode() for key, value in (schema.metadata or {}).items()},
    }


def _describe(dataset, decode, limit):
    if not decode:
        dataset = dataset.cast(_undecoded(dataset.features))
    rows = dataset if limit is None else dataset.select(range(min(limit, len(dataset))))
    return {
        "features": repr(dataset.features),
        "features_dict": dataset.features.to_dict(),
        "num_rows": dataset.num_rows,
        "split": str(dataset.split) if dataset.split is not None else None,
        "cache_files": [entry["filename"] for entry in dataset.cache_files],
        "rows": [rows[index] for index in range(len(rows))],
    }


def _undecoded(feature):
    """The same features with `decode=False` wherever a type has the switch (image, audio, video)."""
    if isinstance(feature, dict):
        plain = {key: _undecoded(value) for key, value in feature.items()}
        return datasets.Features(plain) if isinstance(feature, datasets.Features) else plain
    if isinstance(feature, list):
        return [_undecoded(item) for item in feature]
    if isinstance(feature, datasets.List):
        return datasets.List(_undecoded(feature.feature), length=feature.length)
    if isinstance(feature, datasets.LargeList):
        return datasets.LargeList(_undecoded(feature.feature))
    if hasattr(feature, "decode") and hasattr(feature, "decode_example"):
        return type(feature)(**{**{k: v for k, v in vars(feature).items() if k in ("mode", "sampling_rate")}, "decode": False})
    return feature


def features(json):
    """What datasets makes of a `Features.to_dict()`, written back as one, with the Arrow type of each column."""
    read = datasets.Features.from_dict(json)
    return {"json": read.to_dict(), "types": {field.name: str(field.type) for field in read.arrow_schema}}
