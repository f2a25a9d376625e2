"""Parquet files as Polars reads them."""

import polars


def read_parquet(file):
    frame = polars.read_parquet(file)
    return {name: _plain(frame[name].to_list()) for name in frame.columns}


def _plain(values):
    """Series within lists as lists."""
    return [_plain(value.to_list()) if isinstance(value, polars.Series) else value for value in values]
