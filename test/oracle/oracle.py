"""The other implementations behind one pipe: a long-lived process that answers line by line in JSON.

Importing TensorFlow and tfds costs five seconds, so every test file shares one process. A request is
`{"id": 1, "op": "tfds.read", "args": {...}}` on stdin; `tfds.read` is the function `read` of `ops/tfds.py`, called with the
arguments as keywords. The answer is `{"id": 1, "value": ...}` or `{"id": 1, "error": {...}}`. Values travel as `values.py` says.
"""

import importlib
import json
import os
import sys
import traceback

# Whatever a library prints must not reach the pipe of answers: it gets stdout's descriptor, everybody else gets stderr's.
answers = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
os.dup2(2, 1)

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("HF_DATASETS_OFFLINE", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_DATASETS_DISABLE_PROGRESS_BARS", "1")

import values  # noqa: E402  (after the descriptors are in place)


def answer(request):
    room, _, name = request["op"].partition(".")
    operation = getattr(importlib.import_module(f"ops.{room}"), name)
    return values.encode(operation(**values.decode(request.get("args", {}))))


def main():
    for line in sys.stdin:
        request = json.loads(line)
        try:
            reply = {"id": request["id"], "value": answer(request)}
        except Exception as error:  # every failure is an answer; the caller decides whether it was expected
            reply = {
                "id": request["id"],
                "error": {
                    "type": type(error).__name__,
                    "message": str(error),
                    "traceback": traceback.format_exc(),
                },
            }
        json.dump(reply, answers, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        answers.write("\n")
        answers.flush()


if __name__ == "__main__":
    main()
