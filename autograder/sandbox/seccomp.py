"""Takes from a process the system calls that numpy never needs: new processes, programs, sockets.

A filter in the kernel's own small language (man 2 seccomp), put in place through ctypes, for the
two processor families that nearly every machine has; elsewhere the other limits must do. Threads
stay allowed: `clone` is refused unless it makes a thread of the same process.
"""

import ctypes
import platform
import struct

ALLOW, ERRNO = 0x7FFF0000, 0x00050000
EPERM, ENOSYS = 1, 38
LOAD, JUMP_EQUAL, JUMP_AT_LEAST, JUMP_BITS, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
CLONE_THREAD = 0x00010000
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16
NO_NEW_PRIVILEGES, SET_SECCOMP, FILTER = 38, 22, 2

# audit architecture, clone, clone3, and the numbers of what is refused
MACHINES = {
    "x86_64": (0xC000003E, 56, 435, (
        57, 58, 59, 322,                          # fork, vfork, execve, execveat
        41, 101, 310, 311, 312, 438,              # socket, ptrace, other processes' memory
        165, 166, 155, 161, 272, 308, 428, 429, 430, 431, 432, 433, 442,  # mounts, namespaces
        248, 249, 250, 298, 321, 323, 425, 426, 427,  # keys, perf, bpf, userfaultfd, io_uring
        319, 447, 29, 30, 68, 64, 240,            # memory and queues that no limit counts
        246, 320, 175, 313, 176, 304, 300, 135, 169, 170, 171, 227,  # the kernel's own affairs
        62, 200, 234, 129, 297, 424,              # signals
    )),
    "aarch64": (0xC00000B7, 220, 435, (
        221, 281, 198, 117, 270, 271, 272, 438,
        40, 39, 41, 51, 97, 268, 428, 429, 430, 431, 432, 433, 442,
        217, 218, 219, 241, 280, 282, 425, 426, 427,
        279, 447, 194, 196, 186, 190, 180,
        104, 294, 105, 273, 106, 265, 262, 92, 142, 161, 162, 112,
        129, 130, 131, 138, 240, 424,
    )),
}  # fmt: skip


def instruction(code, if_true, if_false, operand):
    """One instruction, eight bytes."""
    return struct.pack("=HBBI", code, if_true, if_false, operand)


def program(machine):
    """The filter for ``machine``, as bytes; None where its numbers are not known."""
    if machine not in MACHINES:
        return None
    audit, clone, clone3, refused = MACHINES[machine]
    refuse = instruction(RETURN, 0, 0, ERRNO | EPERM)
    lines = [
        instruction(LOAD, 0, 0, ARCHITECTURE),
        instruction(JUMP_EQUAL, 1, 0, audit), refuse,     # another architecture's numbers
        instruction(LOAD, 0, 0, NUMBER),
        instruction(JUMP_AT_LEAST, 0, 1, 0x40000000), refuse,  # x32's numbers
        instruction(JUMP_EQUAL, 0, 1, clone3), instruction(RETURN, 0, 0, ERRNO | ENOSYS),
        instruction(JUMP_EQUAL, 0, 4, clone),
        instruction(LOAD, 0, 0, FIRST_ARGUMENT),
        instruction(JUMP_BITS, 1, 0, CLONE_THREAD), refuse,
        instruction(RETURN, 0, 0, ALLOW),
    ]  # fmt: skip
    for number in refused:
        lines += [instruction(JUMP_EQUAL, 0, 1, number), refuse]
    return b"".join([*lines, instruction(RETURN, 0, 0, ALLOW)])


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("lines", ctypes.c_void_p)]


def restrict():
    """Put the filter in place for this process, for good; whether that worked."""
    lines = program(platform.machine())
    if lines is None:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    text = ctypes.create_string_buffer(lines, len(lines))
    whole = _Program(len(lines) // 8, ctypes.cast(text, ctypes.c_void_p))
    if libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return False
    return libc.prctl(SET_SECCOMP, FILTER, ctypes.byref(whole), 0, 0) == 0
