"""Arrow and Parquet files by pyarrow."""

import datetime
import decimal
import math
import random

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq


def read_stream(file, limit=None):
    """An Arrow IPC stream file: schema, number of batches, columns as Python values."""
    with pa.memory_map(file) as source, pa.ipc.open_stream(source) as reader:
        batches = list(reader)
        table = pa.Table.from_batches(batches, schema=reader.schema)
    table.validate(full=True)
    return {
        "schema": _schema(table.schema),
        "batch_lengths": [batch.num_rows for batch in batches],
        "num_rows": table.num_rows,
        "columns": _columns(table if limit is None else table.slice(0, limit)),
    }


def write_stream(file, columns, batch_rows=None):
    """Writes an Arrow IPC stream; `columns`: name → {type: 'pa.list_(pa.int64())', values: [...]}."""
    table = _table(columns)
    with pa.OSFile(file, "wb") as sink, pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=batch_rows)


def write_ipc(file, columns, options=None):
    """Writes an Arrow IPC file or stream: format, batch_rows, and keywords of `pyarrow.ipc.IpcWriteOptions`."""
    _write_ipc(file, _table(columns), **(options or {}))


def write_random_ipc(file, seed, rows, options=None):
    """Writes random columns of random, nested types; returns the rows as `arrow()` gives them (dates as days, 64-bit integers as int)."""
    random.seed(seed)
    types = [_random_type(3) for _ in range(random.randint(1, 6))]
    table = pa.table({f"c{i}": pa.array([_random_value(type_, 0.2) for _ in range(rows)], type_) for i, type_ in enumerate(types)})
    # Slices have offsets that begin elsewhere, and bits in the middle of a byte.
    table = table.slice(random.randint(0, 3)) if random.random() < 0.5 else table
    _write_ipc(file, table, **(options or {}))
    return {"types": [str(type_) for type_ in types], "rows": [{name: _given(table.column(name)[row]) for name in table.column_names} for row in range(table.num_rows)]}


def write_polars_ipc(file, stream=False, compression="uncompressed"):
    """Texts, lists, categories, dates and decimals as Polars writes them, with its string views."""
    import polars as pl

    frame = pl.DataFrame(
        {
            "text": ["short", "a text that is longer than twelve bytes", None, "é𝄞", ""],
            "list": [[1, None], [], None, [2**40], [3]],
            "category": pl.Series(["a", "b", None, "a", "a text that is longer than twelve bytes"], dtype=pl.Categorical),
            "day": pl.Series([datetime.date(2023, 11, 14), None, datetime.date(1969, 12, 31), datetime.date(1970, 1, 1), None]),
            "bytes": [b"\0\xff", None, b"", b"longer than twelve bytes", b"x"],
            "duration": pl.Series([1, None, -1, 2**53 + 1, 0], dtype=pl.Duration("us")),
            "struct": [{"a": 1, "b": "x"}, None, {"a": None, "b": None}, {"a": 2, "b": "y"}, {"a": 3, "b": "z"}],
        }
    )
    writer = frame.write_ipc_stream if stream else frame.write_ipc
    writer(file, compression=compression)


def _write_ipc(file, table, format="file", batch_rows=None, **options):
    opened = pa.ipc.new_file if format == "file" else pa.ipc.new_stream
    with pa.OSFile(file, "wb") as sink, opened(sink, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        writer.write_table(table, max_chunksize=batch_rows)


_FLAT = [
    pa.null(), pa.bool_(), pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64(), pa.float32(), pa.float64(),
    pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.large_binary(), pa.binary_view(), pa.binary(5), pa.date32(), pa.date64(),
    pa.time32("s"), pa.time32("ms"), pa.time64("us"), pa.time64("ns"), pa.timestamp("s"), pa.timestamp("ms", "UTC"), pa.timestamp("us"), pa.timestamp("ns"),
    pa.duration("us"), pa.decimal128(9, 2), pa.decimal128(38, 9), pa.decimal256(60, 5), pa.decimal32(7, 3), pa.decimal64(15, 0),
]  # fmt: skip


def _random_type(depth):
    kind = random.randint(0, 9) if depth > 0 else 0
    if kind <= 4:
        return random.choice(_FLAT)
    if kind == 5:
        return random.choice([pa.list_, pa.large_list])(_random_type(depth - 1))
    if kind == 6:
        return pa.list_(_random_type(depth - 1), random.randint(0, 3))
    if kind == 7:
        return pa.struct([(f"f{i}", _random_type(depth - 1)) for i in range(random.randint(1, 3))])
    if kind == 8:
        return pa.map_(pa.string(), _random_type(depth - 1))
    return pa.dictionary(random.choice([pa.int8(), pa.int32(), pa.uint16()]), random.choice([pa.string(), pa.int64()]))


def _random_value(type_, nulls):
    if pa.types.is_null(type_) or random.random() < nulls:
        return None
    if pa.types.is_dictionary(type_):
        return "abc"[random.randint(0, 2)] if pa.types.is_string(type_.value_type) else 2**60 + random.randint(0, 3)
    if pa.types.is_map(type_):
        return [(random.choice("klm"), _random_value(type_.item_type, nulls)) for _ in range(random.randint(0, 3))]
    if pa.types.is_fixed_size_list(type_):
        return [_random_value(type_.value_type, nulls) for _ in range(type_.list_size)]
    if pa.types.is_list(type_) or pa.types.is_large_list(type_):
        return [_random_value(type_.value_type, nulls) for _ in range(random.randint(0, 4))]
    if pa.types.is_struct(type_):
        return {field.name: _random_value(field.type, nulls) for field in type_}
    if pa.types.is_boolean(type_):
        return random.random() < 0.5
    if pa.types.is_integer(type_):
        low, high = (0, 2**type_.bit_width - 1) if str(type_).startswith("u") else (-(2 ** (type_.bit_width - 1)), 2 ** (type_.bit_width - 1) - 1)
        return random.choice([low, high, random.randint(low, high), 1])
    if pa.types.is_floating(type_):
        return random.choice([0.5, -1.25, 3.0, 1e10])
    if pa.types.is_decimal(type_):
        return decimal.Decimal(random.randint(-(10**6), 10**6)).scaleb(-type_.scale)
    if pa.types.is_date(type_):
        return datetime.date(1970, 1, 1) + datetime.timedelta(days=random.randint(-40000, 40000))
    if pa.types.is_fixed_size_binary(type_):
        return random.randbytes(type_.byte_width)
    text = random.choice(["", "a", "é𝄞", "a text that is longer than twelve bytes", "x" * random.randint(0, 40)])
    if "string" in str(type_):
        return text
    if "binary" in str(type_):
        return text.encode() + b"\xff"
    # Times are counts of their unit.
    return random.randint(0, 86399) if pa.types.is_time(type_) else random.randint(-(2**40), 2**40)


def _given(scalar):
    """A value as `arrow()` gives it."""
    type_ = scalar.type
    if not scalar.is_valid:
        return None
    if pa.types.is_dictionary(type_):
        return _given(scalar.dictionary[scalar.index.as_py()])
    if pa.types.is_map(type_):
        return [{"key": _given(entry["key"]), "value": _given(entry["value"])} for entry in scalar.values]
    if pa.types.is_struct(type_):
        return {name: _given(scalar[name]) for name in scalar}
    if pa.types.is_list(type_) or pa.types.is_large_list(type_) or pa.types.is_fixed_size_list(type_):
        return [_given(item) for item in scalar.values]
    if pa.types.is_decimal(type_):
        return format(scalar.as_py(), "f")
    if pa.types.is_date(type_):
        return (scalar.as_py() - datetime.date(1970, 1, 1)).days
    if pa.types.is_temporal(type_):
        return scalar.value
    return scalar.as_py()


def read_parquet(file):
    table = pq.read_table(file)
    return {"schema": _schema(table.schema), "num_rows": table.num_rows, "columns": _columns(table)}


def write_parquet(file, columns, options=None):
    """Writes Parquet; `options` are keywords of `pyarrow.parquet.write_table` (compression, row_group_size, ...)."""
    pq.write_table(_table(columns), file, **(options or {}))


def rewrite_parquet(source, target, options):
    """Writes the same table as pyarrow does: other codecs, encodings, pages."""
    pq.write_table(pq.read_table(source), target, **options)


def sum_parquet(file):
    """The sum of each column; of strings the sum of their bytes."""
    table = pq.read_table(file)
    return {name: _sum(table.column(name)) for name in table.column_names}


def _sum(column):
    return pc.sum(pc.binary_length(column) if pa.types.is_string(column.type) else column).as_py()


def parquet_chunks(file):
    """Each column chunk of flat columns: what its footer says, and the extremes and nulls that pyarrow counts."""
    parquet = pq.ParquetFile(file)
    return [
        {**_chunk(parquet.metadata.row_group(group).column(column)), "counted": _counted(parquet.read_row_group(group).column(column))}
        for group in range(parquet.num_row_groups)
        for column in range(parquet.metadata.num_columns)
    ]


def _chunk(chunk):
    found = chunk.statistics
    known = found is not None and found.has_min_max
    return {
        "path": chunk.path_in_schema,
        "compression": chunk.compression,
        "encodings": sorted(chunk.encodings),
        "nulls": found.null_count,
        "extremes": [found.min, found.max] if known else None,
        "signs": [math.copysign(1, value) for value in (found.min, found.max)] if known and isinstance(found.min, float) else None,
    }


def _counted(column):
    values = [value for value in column.to_pylist() if value is not None]
    return {"nulls": column.null_count, "extremes": [min(values), max(values)] if values else None}


def _table(columns):
    return pa.table(
        {
            name: pa.array(column["values"], type=eval(column["type"], {"pa": pa}))  # the type is the test's own text
            for name, column in columns.items()
        }
    )


def _columns(table):
    return {name: table.column(name).to_pylist() for name in table.column_names}


def _schema(schema):
    return {
        "fields": [
            {
                "name": field.name,
                "type": str(field.type),
                "nullable": field.nullable,
                "metadata": _metadata(field.metadata),
            }
            for field in schema
        ],
        "metadata": _metadata(schema.metadata),
    }


def _metadata(metadata):
    return {key.decode(): value.decode() for key, value in (metadata or {}).items()}
