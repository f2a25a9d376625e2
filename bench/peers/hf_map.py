"""Hugging Face datasets: Parquet to Arrow through a function a row: `python hf_map.py <parquet> <cache> <processes>`."""

import sys
import time

import datasets

from common import report

datasets.disable_progress_bars()


def copy(row):
    return {
        "date": row["date"],
        "delay": row["delay"],
        "distance": row["distance"],
        "origin": row["origin"],
        "destination": row["destination"],
    }


def main(parquet, cache, processes):
    loaded = datasets.Dataset.from_parquet(parquet, cache_dir=cache)
    started = time.perf_counter()  # the conversion to Arrow before it is not counted
    mapped = loaded.map(copy, num_proc=int(processes), load_from_cache_file=False)
    report(started, examples=len(mapped))


if __name__ == "__main__":
    main(*sys.argv[1:])
