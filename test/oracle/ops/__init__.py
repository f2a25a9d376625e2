"""One module a room of the tests; every public function is an operation. A new one needs no registration."""
