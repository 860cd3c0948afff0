"""The JavaScript child: a locked, single-use Node."""
