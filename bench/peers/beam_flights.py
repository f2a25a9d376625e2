"""Beam's Python SDK: Parquet to TFRecord by a map and a GroupByKey: `python beam_flights.py <parquet> <directory> <job endpoint> <shards> <rows>`.

What a pipeline needs that writes records in the order of their hashes: each goes to the shard of its hash, whose records are sorted. tf.Examples are made by protobuf's C
implementation, without TensorFlow's import.
"""

import hashlib
import json
import os
import sys
import time

import apache_beam as beam
from apache_beam.io.parquetio import ReadFromParquet
from apache_beam.io.tfrecordio import WriteToTFRecord
from apache_beam.options.pipeline_options import PipelineOptions

BYTES, INT64 = 1, 3


def example_class():
    """tf.train.Example as its .proto files declare it, as far as flights need it."""
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    file = descriptor_pb2.FileDescriptorProto(name="example.proto", package="bench", syntax="proto3")

    def message(name, *fields, nested=None):
        added = file.message_type.add(name=name)
        for number, label, kind, field in fields:
            added.field.add(
                name=field, number=number, label=label, **({"type": kind} if isinstance(kind, int) else {"type": 11, "type_name": kind})
            )
        return added

    optional, repeated = 1, 3
    message("BytesList", (1, repeated, 12, "value"))
    message("Int64List", (1, repeated, 3, "value"))
    feature = message(
        "Feature", (BYTES, optional, ".bench.BytesList", "bytes_list"), (INT64, optional, ".bench.Int64List", "int64_list")
    )
    feature.oneof_decl.add(name="kind")
    for field in feature.field:
        field.oneof_index = 0
    features = message("Features", (1, repeated, ".bench.Features.FeatureEntry", "feature"))
    entry = features.nested_type.add(name="FeatureEntry")
    entry.options.map_entry = True
    entry.field.add(name="key", number=1, label=1, type=9)
    entry.field.add(name="value", number=2, label=1, type=11, type_name=".bench.Feature")
    message("Example", (1, optional, ".bench.Features", "features"))
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("bench.Example"))


class ToExample(beam.DoFn):
    def __init__(self, shards):
        self.shards = shards

    def setup(self):
        self.example = example_class()

    def process(self, flight):
        example = self.example()
        feature = example.features.feature
        for name in ("delay", "distance"):
            feature[name].int64_list.value.append(flight[name])
        feature["date"].int64_list.value.append(int(flight["date"].timestamp() * 1e6))
        for name in ("origin", "destination"):
            feature[name].bytes_list.value.append(flight[name].encode())
        record = example.SerializeToString(deterministic=True)
        digest = hashlib.md5(record).digest()
        yield digest[0] * self.shards // 256, (digest, record)


def in_order(shard):
    return [record for _, record in sorted(shard[1])]


def first_rows(parquet, directory, rows):
    """A file of the first rows, where not all are wanted."""
    import pyarrow.parquet as pq

    table = pq.read_table(parquet)
    if table.num_rows <= rows:
        return parquet
    part = os.path.join(directory, "input.parquet")
    pq.write_table(table.slice(0, rows), part)
    return part


def main(parquet, directory, endpoint, shards, rows):
    os.makedirs(directory)
    parquet = first_rows(parquet, directory, int(rows))
    # Beam starts its workers by the name `python`.
    os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]
    options = PipelineOptions(
        [
            "--runner=PortableRunner",
            f"--job_endpoint={endpoint}",
            "--environment_type=LOOPBACK",
            # Processes, as ours: threads of one Python share one processor.
            "--experiments=use_loopback_process_worker",
            "--save_main_session",
        ]
    )
    started = time.perf_counter()
    with beam.Pipeline(options=options) as pipeline:
        (
            pipeline
            | ReadFromParquet(parquet)
            | beam.ParDo(ToExample(int(shards)))
            | beam.GroupByKey()
            | beam.FlatMap(in_order)
            | WriteToTFRecord(os.path.join(directory, "train"), num_shards=int(shards))
        )
    print(json.dumps({"seconds": time.perf_counter() - started}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
