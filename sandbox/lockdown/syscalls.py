"""Numbers of the system calls that the filters name: (x86-64, aarch64), None where an architecture has none."""

__all__ = ["ARGUED", "EVERYDAY", "FATAL", "NODE_ONLY", "Numbers"]

Numbers = dict[str, tuple[int | None, int | None]]

# fmt: off
EVERYDAY: Numbers = {
    "read": (0, 63), "write": (1, 64), "close": (3, 57), "lseek": (8, 62), "munmap": (11, 215), "brk": (12, 214),
    "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139), "pread64": (17, 67),
    "readv": (19, 65), "writev": (20, 66), "sched_yield": (24, 124), "mremap": (25, 216), "madvise": (28, 233),
    "dup": (32, 23), "dup2": (33, None), "dup3": (292, 24), "nanosleep": (35, 101), "getpid": (39, 172),
    "sendto": (44, 206), "recvfrom": (45, 207), "shutdown": (48, 210),
    "getsockname": (51, 204), "getpeername": (52, 205), "getsockopt": (55, 209),
    "exit": (60, 93), "exit_group": (231, 94), "gettimeofday": (96, 169), "getrlimit": (97, 163),
    "getrusage": (98, 165), "times": (100, 153), "getuid": (102, 174), "getgid": (104, 176), "geteuid": (107, 175),
    "getegid": (108, 177), "getppid": (110, 173), "gettid": (186, 178), "futex": (202, 98),
    "clock_gettime": (228, 113), "clock_getres": (229, 114), "clock_nanosleep": (230, 115),
    "epoll_create1": (291, 20), "epoll_create": (213, None), "epoll_ctl": (233, 21), "epoll_wait": (232, None),
    "epoll_pwait": (281, 22), "poll": (7, None), "ppoll": (271, 73), "select": (23, None), "pselect6": (270, 72),
    "eventfd2": (290, 19), "pipe2": (293, 59), "pipe": (22, None), "getrandom": (318, 278),
    "sigaltstack": (131, 132), "restart_syscall": (219, 128), "fstat": (5, 80), "sched_getaffinity": (204, 123),
    "sysinfo": (99, 179), "time": (201, None), "setrlimit": (160, 164),
}
"""What any interpreter needs that has no file, no network and no other process."""

NODE_ONLY: Numbers = {
    "access": (21, None), "faccessat": (269, 48), "faccessat2": (439, 439), "open": (2, None), "openat": (257, 56),
    "newfstatat": (262, 79), "stat": (4, None), "lstat": (6, None), "statx": (332, 291), "readlink": (89, None),
    "readlinkat": (267, 78), "getcwd": (79, 17), "arch_prctl": (158, None), "capget": (125, 90), "rseq": (334, 293),
    "set_robust_list": (273, 99), "set_tid_address": (218, 96), "uname": (63, 160), "execve": (59, 221),
}
"""Node reads its own files (Landlock says which), starts threads and is started by one exec."""

ARGUED: Numbers = {
    "mmap": (9, 222), "fcntl": (72, 25), "mprotect": (10, 226), "clone": (56, 220), "clone3": (435, 435),
    "ioctl": (16, 29), "prlimit64": (302, 261), "socketpair": (53, 199), "prctl": (157, 167),
}
"""Allowed for some arguments only."""

FATAL: Numbers = {
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "bpf": (321, 280),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "userfaultfd": (323, 282), "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218),
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "unshare": (272, 97), "setns": (308, 268),
    "perf_event_open": (298, 241), "init_module": (175, 105), "finit_module": (313, 273),
    "delete_module": (176, 106), "kexec_load": (246, 104), "open_by_handle_at": (304, 265), "fsopen": (430, 430),
    "fsmount": (432, 432), "move_mount": (429, 429), "open_tree": (428, 428), "pidfd_getfd": (438, 438),
}
"""Nobody calls these by accident: the process is killed."""
# fmt: on
