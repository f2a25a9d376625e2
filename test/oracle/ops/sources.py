"""Files as Python's own readers see them: csv, json, glob and NumPy."""

import csv
import glob
import gzip
import hashlib
import io
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


def write_json_array(file, rows):
    """Writes an array of objects as Python does, `rows` of them, on one line or pretty-printed by the number of the row; returns how many bytes."""
    with open(file, "w", encoding="utf-8") as text:
        text.write("[\n")
        for row in range(rows):
            value = {"id": row, "big": 2**53 + row, "name": f"näme {row} \"}}],[", "score": row / 7, "tags": [["a", row], {}], "none": None}
            text.write(json.dumps(value, indent=row % 3 or None, ensure_ascii=row % 2 == 0))
            text.write(",\n" if row + 1 < rows else "\n]\n")
        return text.tell()


def write_zstd(file, frames, sized=True, level=3):
    """Writes bytes as the frames of a zstd file; without `sized` as streams are written, whose frames don't state their size."""
    import pyarrow as pa

    with open(file, "wb") as out:
        for frame in frames:
            if sized:
                out.write(pa.Codec("zstd", compression_level=level).compress(frame, asbytes=True))
                continue
            sink = pa.BufferOutputStream()
            with pa.CompressedOutputStream(sink, "zstd") as stream:
                stream.write(frame)
            out.write(sink.getvalue())


def write_checked_zstd(file, frames):
    """Writes bytes as the frames of a zstd file with checksums (RFC 8878, 3.1.1.1.1: bit 2 of the descriptor, and the low 4 bytes of XXH64 behind it), which libzstd, in pyarrow, accepts."""
    import pyarrow as pa
    import xxhash

    with open(file, "wb") as out:
        for content in frames:
            frame = bytearray(pa.Codec("zstd").compress(content, asbytes=True))
            frame[4] |= 4
            frame += (xxhash.xxh64_intdigest(content) & 0xFFFFFFFF).to_bytes(4, "little")
            assert pa.Codec("zstd").decompress(bytes(frame), len(content), asbytes=True) == content
            out.write(frame)


def xxh64(contents):
    """The checksums of bytes, in hex, by the reference implementation."""
    import xxhash

    return [xxhash.xxh64_hexdigest(content) for content in contents]


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


def column_types(file, delimiter=","):
    """What pyarrow infers of every column of a CSV or JSON Lines file, shown the whole file at once: type, nulls, least and greatest value."""
    import pyarrow as pa
    import pyarrow.compute as pc

    block = os.path.getsize(file) + 1
    if file.endswith(".jsonl"):
        import pyarrow.json

        table = pyarrow.json.read_json(file, read_options=pyarrow.json.ReadOptions(block_size=block))
    elif file.endswith(".parquet"):
        import pyarrow.parquet

        table = pyarrow.parquet.read_table(file)
    else:
        import pyarrow.csv

        table = pyarrow.csv.read_csv(
            file,
            read_options=pyarrow.csv.ReadOptions(block_size=block),
            parse_options=pyarrow.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            # An empty field is the one that is missing, as for csv().
            convert_options=pyarrow.csv.ConvertOptions(
                null_values=[""],
                strings_can_be_null=True,
                true_values=["true", "True", "TRUE"],
                false_values=["false", "False", "FALSE"],
            ),
        )
    columns = {}
    for name, column in zip(table.column_names, table.columns):
        least = greatest = None
        if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
            limits = pc.min_max(column)
            least, greatest = str(limits["min"].as_py()), str(limits["max"].as_py())
        distinct = None
        if not pa.types.is_nested(column.type):
            distinct = len(pc.unique(column.drop_null()))
        columns[name] = {"type": str(column.type), "nulls": column.null_count, "min": least, "max": greatest, "distinct": distinct}
    return {"rows": table.num_rows, "columns": columns}


def write_typed_parquet(file):
    """A Parquet file with a column of every type that labs use."""
    import datetime
    import decimal

    import pyarrow as pa
    import pyarrow.parquet

    day = datetime.date(2026, 1, 2)
    moment = datetime.datetime(2026, 1, 2, 3, 4, 5, 678901)
    rows = 6
    arrays = {
        "int8": pa.array([-1, 2, 3] * 2, pa.int8()),
        "uint32": pa.array([0, 2**32 - 1, 1] * 2, pa.uint32()),
        "int64": pa.array([-(2**63), 2**63 - 1, None] * 2, pa.int64()),
        "uint64": pa.array([0, 2**64 - 1, 1] * 2, pa.uint64()),
        "float32": pa.array([0.5, 1, 2] * 2, pa.float32()),
        "whole": pa.array([1, 2, 3] * 2, pa.float64()),
        "bool": pa.array([True, False, True] * 2),
        "text": pa.array(["a", "b", "a"] * 2),
        "bytes": pa.array([b"\0", b"\1", b""] * 2),
        "date": pa.array([day] * rows),
        "moment": pa.array([moment] * rows, pa.timestamp("us", "UTC")),
        "money": pa.array([decimal.Decimal("1.25")] * rows, pa.decimal128(9, 2)),
        "list": pa.array([[1, 2], [3, 4], [5, 6]] * 2, pa.list_(pa.int16())),
        "struct": pa.array([{"x": 1, "y": "a"}] * rows, pa.struct([("x", pa.int32()), ("y", pa.string())])),
        "map": pa.array([[("k", 1)]] * rows, pa.map_(pa.string(), pa.int32())),
    }
    pa.parquet.write_table(pa.table(arrays), file, row_group_size=2)


def parquet_to_arrow(source, file):
    """The table of a Parquet file as an Arrow IPC file."""
    import pyarrow as pa
    import pyarrow.parquet

    table = pa.parquet.read_table(source)
    with pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)


def archive_members(file):
    """Path and sha256 of every file of an archive, in the order of Python's own readers."""
    import tarfile
    import zipfile

    def digest(content):
        return hashlib.sha256(content).hexdigest()

    if file.endswith(".zip"):
        with zipfile.ZipFile(file) as archive:
            return [[info.filename, digest(archive.read(info))] for info in archive.infolist() if not info.is_dir()]
    with tarfile.open(file) as archive:
        return [[info.name, digest(archive.extractfile(info).read())] for info in archive if info.isfile()]


def json_line_values(file):
    """For each line of a file that is not blank: [its number, the value as JSON text], or [its number, None] where it is no JSON."""
    def refuse(constant):
        raise ValueError(f"{constant} is not JSON")

    found = []
    with open(file, "rb") as lines:
        for number, line in enumerate(lines.read().split(b"\n"), start=1):
            if not line.strip(b" \t\r"):
                continue
            try:
                found.append([number, json.dumps(json.loads(line.decode("utf-8"), parse_constant=refuse))])
            except (ValueError, RecursionError):
                found.append([number, None])
    return found


def write_archive(file, members, repeated=None):
    """Packs contents by name, as the ending of the file says: `.zip` deflated, `.tar` and `.tar.gz`; `repeated` comes a second time."""
    import tarfile
    import warnings
    import zipfile

    named = list(members.items()) + ([(repeated, b"again")] if repeated else [])
    if file.endswith(".zip"):
        with warnings.catch_warnings(), zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            warnings.simplefilter("ignore")
            for name, content in named:
                archive.writestr(name, content)
        return
    with tarfile.open(file, "w:gz" if file.endswith("gz") else "w") as archive:
        for name, content in named:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
