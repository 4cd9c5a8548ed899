"""Loaded before every Python program in a container: AWS's names resolve to the emulator, as in aws-names.ts."""
import os
import re
import socket

NAMES_OF_AWS = re.compile(r"\.(execute-api|s3)\.[a-z0-9-]+\.amazonaws\.com$|\.lambda-url\.[a-z0-9-]+\.on\.aws$")
connect = socket.create_connection


def create_connection(address, *arguments, **named):
    there = ("127.0.0.1", int(os.environ["EMULATOR_PORT"])) if NAMES_OF_AWS.search(address[0]) else address
    return connect(there, *arguments, **named)


socket.create_connection = create_connection
