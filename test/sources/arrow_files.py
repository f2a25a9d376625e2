"""Writes Arrow files that the operations of the oracle don't: run with a folder."""

import decimal
import pathlib
import sys

import datasets
import pyarrow as pa

root = pathlib.Path(sys.argv[1])
D = decimal.Decimal


def write(name, batches, opened=pa.ipc.new_file, **options):
    with pa.OSFile(str(root / name), "wb") as sink, opened(sink, batches[0].schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        for batch in batches:
            writer.write_batch(batch)


def batch(**columns):
    return pa.record_batch(list(columns.values()), names=list(columns))


write(
    "decimal.arrow",
    [
        batch(
            d32=pa.array([D("1.25"), D("-0.01"), None], pa.decimal32(9, 2)),
            d64=pa.array([D("123456789012345.678"), D("-0.001"), None], pa.decimal64(18, 3)),
            d128=pa.array([D("12345678901234567890123456789.123456789"), D("-0.000000001"), None], pa.decimal128(38, 9)),
            d256=pa.array([D("-" + "9" * 60 + ".5"), D("0"), None], pa.decimal256(61, 1)),
            tens=pa.array([D("1E+3"), D("-25E+1"), None], pa.decimal128(5, -1)),
        )
    ],
)


def encoded(indices, values):
    return batch(d=pa.DictionaryArray.from_arrays(pa.array(indices, pa.int8()), values))


grown = [encoded([0, 1], ["a", "b"]), encoded([2, 0], ["a", "b", "c"]), encoded([3, None], ["a", "b", "c", "d"])]
replaced = [encoded([0, 1], ["a", "b"]), encoded([0, 1], ["x", "y"]), encoded([1, 0], ["x", "y"])]
write("deltas.arrows", grown, pa.ipc.new_stream, emit_dictionary_deltas=True)
write("deltas.arrow", grown, emit_dictionary_deltas=True)
write("replaced.arrows", replaced, pa.ipc.new_stream)

write("sizes.arrow", [batch(column=pa.array([bytes([i]) * (100 if i < 20 else 9 << 20)])) for i in range(30)])

write(
    "odd.arrow",
    [
        batch(
            runs=pa.RunEndEncodedArray.from_arrays(pa.array([2], pa.int32()), pa.array(["r"])),
            views=pa.array([[1], [2]], pa.list_view(pa.int32())),
            nested=pa.StructArray.from_arrays([pa.array([(1, 2, 3), None], pa.month_day_nano_interval())], ["i"]),
            n=pa.array([1, 2]),
            union=pa.UnionArray.from_sparse(pa.array([0, 1], pa.int8()), [pa.array([1, 2]), pa.array(["a", "b"])]),
            after=pa.array([3, 4]),
        )
    ],
)

features = datasets.Features({"id": datasets.Value("int64"), "text": datasets.Value("string"), "label": datasets.ClassLabel(names=["no", "yes"])})
columns = {"id": list(range(2500)), "text": [f"t{i}" for i in range(2500)], "label": [i % 2 for i in range(2500)]}
datasets.Dataset.from_dict(columns, features=features).save_to_disk(str(root / "saved"), num_shards=2)
