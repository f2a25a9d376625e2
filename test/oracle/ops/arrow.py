"""Arrow and Parquet files by pyarrow."""

import math

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
