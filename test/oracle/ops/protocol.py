"""The value protocol, tested through itself."""


def echo(value):
    return value
