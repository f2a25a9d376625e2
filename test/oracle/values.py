"""How values travel between Python and TypeScript without loss; `values.ts` is the other side.

JSON's own null, booleans, strings, lists and objects stand for themselves, as do finite floats and integers up to 2^53.
Everything else is an object whose key `$` names its kind:

    {"$": "int", "value": "9007199254740993"}
    {"$": "float", "value": "nan" | "inf" | "-inf"}
    {"$": "bytes", "base64": "..."}
    {"$": "tensor", "dtype": "int64", "shape": [2, 3], "base64": "..."}        little-endian, row-major
    {"$": "tensor", "dtype": "object", "shape": [2], "items": [...]}           strings and bytes
    {"$": "ragged", "values": tensor, "splits": [tensor, ...]}                 outermost row splits first
    {"$": "map", "entries": [[key, value], ...]}                               an object with keys that JSON has not
    {"$": "datetime", "iso": "..."}, {"$": "image", "mode": "RGB", "pixels": tensor}
"""

import base64
import datetime
import decimal
import math

import numpy as np

MAX_SAFE_INTEGER = 2**53 - 1


def encode(value):
    if value is None or isinstance(value, (bool, str)) and not isinstance(value, np.generic):
        return value
    if isinstance(value, int):
        return value if abs(value) <= MAX_SAFE_INTEGER else {"$": "int", "value": str(value)}
    if isinstance(value, np.ndarray):
        return _encode_array(value)
    if isinstance(value, np.generic):
        return _encode_array(np.asarray(value))
    if isinstance(value, float):
        return value if math.isfinite(value) else {"$": "float", "value": str(value)}
    if isinstance(value, (bytes, bytearray, memoryview)):
        return {"$": "bytes", "base64": base64.b64encode(value).decode("ascii")}
    if isinstance(value, dict):
        return _encode_dict(value)
    if isinstance(value, (list, tuple, set, frozenset)):
        return [encode(item) for item in value]
    return _encode_object(value)


def _encode_dict(value):
    if all(isinstance(key, str) for key in value) and "$" not in value:
        return {key: encode(item) for key, item in value.items()}
    return {"$": "map", "entries": [[encode(key), encode(item)] for key, item in value.items()]}


def _encode_array(array):
    if array.dtype.kind in "OSU":
        return {"$": "tensor", "dtype": "object", "shape": list(array.shape), "items": [encode(_scalar(item)) for item in array.ravel()]}
    little = array.astype(array.dtype.newbyteorder("<"), copy=False) if array.dtype.kind in "iuf" else array
    data = np.ascontiguousarray(little).tobytes()
    return {"$": "tensor", "dtype": str(array.dtype), "shape": list(array.shape), "base64": base64.b64encode(data).decode("ascii")}


def _scalar(item):
    return item.item() if isinstance(item, np.generic) else item


def _encode_object(value):
    """Values of the libraries themselves, told apart by what they offer, so that none has to be imported here."""
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return {"$": "datetime", "iso": value.isoformat()}
    if isinstance(value, decimal.Decimal):
        return str(value)
    if hasattr(value, "nested_row_splits") and hasattr(value, "flat_values"):  # tf.RaggedTensor
        return {
            "$": "ragged",
            "values": encode(_as_array(value.flat_values)),
            "splits": [encode(_as_array(splits)) for splits in value.nested_row_splits],
        }
    if type(value).__module__.startswith("PIL."):
        return {"$": "image", "mode": value.mode, "pixels": encode(np.asarray(value))}
    if hasattr(value, "numpy"):  # an eager tensor
        return encode(value.numpy())
    if hasattr(value, "__iter__"):  # a nested data set, as tfds.as_numpy gives it
        return [encode(item) for item in value]
    raise TypeError(f"no encoding for {type(value).__module__}.{type(value).__qualname__}: {value!r:.200}")


def _as_array(value):
    return value.numpy() if hasattr(value, "numpy") else np.asarray(value)


def decode(value):
    if isinstance(value, list):
        return [decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    kind = value.get("$")
    if kind is None:
        return {key: decode(item) for key, item in value.items()}
    if kind == "int":
        return int(value["value"])
    if kind == "float":
        return float(value["value"])
    if kind == "bytes":
        return base64.b64decode(value["base64"])
    if kind == "tensor":
        return _decode_tensor(value)
    if kind == "map":
        return {decode(key): decode(item) for key, item in value["entries"]}
    raise TypeError(f"no decoding for values of kind {kind!r}")


def _decode_tensor(value):
    if "items" in value:
        return np.array(decode(value["items"]), dtype=object).reshape(value["shape"])
    dtype = np.dtype(value["dtype"]).newbyteorder("<")
    return np.frombuffer(base64.b64decode(value["base64"]), dtype=dtype).reshape(value["shape"]).copy()
