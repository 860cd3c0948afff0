"""The command line `n8n-agent`."""

import typer

__all__ = ["main"]

app = typer.Typer(
    no_args_is_help=True, help="A sentence and an example in, an n8n Code node out that is proven to run."
)


@app.callback()
def _root() -> None:
    """A sentence and an example in, an n8n Code node out that is proven to run."""


def main() -> None:
    """Run the command line."""
    app()
