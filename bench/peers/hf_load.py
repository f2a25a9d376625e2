"""Hugging Face datasets: files to Arrow by `load_dataset`: `python hf_load.py csv|json|parquet <folder> <cache> <processes>`."""

import glob
import sys
import time

import datasets

from common import report

datasets.disable_progress_bars()


def main(kind, folder, cache, processes):
    files = sorted(glob.glob(f"{folder}/part-*"))
    started = time.perf_counter()
    loaded = datasets.load_dataset(kind, data_files=files, split="train", cache_dir=cache, num_proc=int(processes))
    report(started, examples=len(loaded))


if __name__ == "__main__":
    main(*sys.argv[1:])
