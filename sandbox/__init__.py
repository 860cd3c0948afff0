"""Where foreign code runs: locked children of the operating system, one execution each."""
