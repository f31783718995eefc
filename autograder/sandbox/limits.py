"""What a process that runs a submission may use: its own namespaces, little memory, few files."""

import ctypes
import os

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None

NEW = {"mount": 0x20000, "uts": 0x4000000, "ipc": 0x8000000, "user": 0x10000000, "pid": 0x20000000,
       "net": 0x40000000}  # fmt: skip
MEMORY = 2 << 30
FILE = 32 << 20
DISK = 64 << 20
OPEN_FILES = 64
CPU_SECONDS = 300
SET_DUMPABLE, SET_DEATH_SIGNAL, KILL = 4, 1, 9
CAPABILITIES_VERSION = 0x20080522


def own_namespaces(net=True):
    """Leave the other processes' namespaces; True when every one is this process's own.

    net: the network's too, which takes longest; not needed where nobody can open a socket.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.getuid(), os.getgid()
    flags = sum(NEW.values()) - (0 if net else NEW["net"])
    if libc.unshare(flags):
        return False
    try:  # nobody but the same user is known inside: files made there need an owner
        for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"),
                           ("gid_map", f"{group} {group} 1")):  # fmt: skip
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)
    except OSError:
        return False
    return True


def own_files(hide=()):
    """A fresh, small, writable folder in place of all that another process could have written.

    hide: folders that are to be empty. Needs namespaces of its own; nothing of /proc is left.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    size = f"size={DISK},nr_inodes=4096,mode=0700".encode()
    done = [libc.mount(b"none", b"/", None, 0x44000, None) == 0]  # private, recursively
    empty = [os.fsencode(place) for place in ("/proc", "/dev/shm", *hide)]
    for place, flags, options in ((b"/tmp", 6, size),
                                  *((place, 7, b"size=4k,mode=0500") for place in empty)):
        if os.path.isdir(place):
            done.append(libc.mount(b"tmpfs", place, b"tmpfs", flags, options) == 0)
    libc.mount(b"none", b"/dev", None, 0x1021, None)  # remounted read-only, if it may be
    os.chdir("/tmp")
    return all(done)


def no_capabilities():
    """Give up what a namespace's first process may do."""
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(CAPABILITIES_VERSION, 0)
    libc.capset(header, (ctypes.c_uint32 * 6)())


def few_resources(start=False):
    """The limits that every Unix has; they hold for what this process does from now on.

    start: only what a process that forks all others may be bound by.
    """
    wanted = {"RLIMIT_AS": MEMORY, "RLIMIT_FSIZE": FILE, "RLIMIT_NOFILE": OPEN_FILES,
              "RLIMIT_CPU": CPU_SECONDS, "RLIMIT_CORE": 0, "RLIMIT_NPROC": 64,
              "RLIMIT_MEMLOCK": 0, "RLIMIT_MSGQUEUE": 0}  # fmt: skip
    for name, limit in ({"RLIMIT_CORE": 0} if start else wanted).items():
        kind = getattr(resource, name, None)
        if kind is not None:
            try:
                resource.setrlimit(kind, (limit, limit))
            except (ValueError, OSError):  # below what is there: macOS and the address space
                pass


def quiet_descriptors(keep):
    """Standard streams to nowhere, and nothing else open but ``keep``."""
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    low = 3
    for number in sorted(keep):
        os.closerange(low, number)
        low = number + 1
    os.closerange(low, 4096)


def guarded():
    """No dump, no debugger of the same user."""
    ctypes.CDLL(None).prctl(SET_DUMPABLE, 0, 0, 0, 0)
