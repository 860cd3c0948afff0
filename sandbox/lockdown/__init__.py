"""The wall: Landlock, seccomp, limits, and the ladder of what this machine can hold."""
