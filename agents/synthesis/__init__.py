"""The program from the example: values, a small language, search, ranking, printers."""
