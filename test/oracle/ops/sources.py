"""Files as Python's own readers see them: csv, json, glob and NumPy."""

import csv
import glob
import gzip
import hashlib
import json
import os

import numpy as np


def csv_rows(file, options=None):
    """Every record as {header, rows}; `options` are keywords of `csv.reader`."""
    with _open(file) as lines:
        header, *rows = [row for row in csv.reader(lines, strict=True, **(options or {})) if row]
    return {"header": header, "rows": rows}


def csv_row_digests(file):
    """The header, and for each record the first 8 hexadecimal digits of the sha256 over its fields, joined with U+001F."""
    table = csv_rows(file)
    digests = [hashlib.sha256("\x1f".join(row).encode()).hexdigest()[:8] for row in table["rows"]]
    return {"header": table["header"], "digests": digests}


def write_csv(file, rows, options=None):
    """Writes records; `options` are keywords of `csv.writer`."""
    opener = gzip.open if file.endswith(".gz") else open
    with opener(file, "wt", encoding="utf-8", newline="") as lines:
        csv.writer(lines, **(options or {})).writerows(rows)


def json_file(file):
    with _open(file) as text:
        return json.load(text)


def glob_files(root, pattern):
    """Files below `root` that match, with `/`, sorted."""
    found = glob.glob(pattern, root_dir=root, recursive=True)
    return sorted(path for path in found if os.path.isfile(os.path.join(root, path)))


def write_idx(file, dtype, shape, values):
    """Writes an IDX file: big-endian, as http://yann.lecun.com/exdb/mnist/ describes it."""
    codes = {"uint8": 8, "int8": 9, "int16": 11, "int32": 12, "float32": 13, "float64": 14}
    array = np.array(values, dtype=dtype).reshape(shape)
    content = bytes([0, 0, codes[dtype], len(shape)]) + np.array(shape, ">u4").tobytes() + array.astype(array.dtype.newbyteorder(">")).tobytes()
    opener = gzip.open if file.endswith(".gz") else open
    with opener(file, "wb") as out:
        out.write(content)


def idx_digests(file):
    """For each item of a uint8 IDX file the first 8 hexadecimal digits of its sha256."""
    with open(file, "rb") as content:
        head = content.read(4)
        shape = np.frombuffer(content.read(4 * head[3]), ">u4")
        items = np.frombuffer(content.read(), np.uint8).reshape(shape[0], -1)
    return [hashlib.sha256(item.tobytes()).hexdigest()[:8] for item in items]


def _open(file):
    opener = gzip.open if file.endswith(".gz") else open
    return opener(file, "rt", encoding="utf-8-sig", newline="")
