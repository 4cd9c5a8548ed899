"""Runs a program in a pseudo-terminal of 80 columns; passes its output to stdout, and stdin to the program. Exits with its status."""

import fcntl
import os
import pty
import select
import struct
import sys
import termios

pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
inputs = [terminal, 0]
while True:
    readable, _, _ = select.select(inputs, [], [])
    if 0 in readable:
        data = os.read(0, 4096)
        if data:
            os.write(terminal, data)
        else:
            inputs.remove(0)
    if terminal in readable:
        try:
            data = os.read(terminal, 4096)
        except OSError:
            data = b""
        if not data:
            break
        os.write(1, data)
_, status = os.waitpid(pid, 0)
sys.exit(os.waitstatus_to_exitcode(status))
