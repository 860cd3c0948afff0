"""What keys and tokens look like that their makers gave a recognisable shape."""

import re

__all__ = ["SECRET"]

SECRET = re.compile(
    r"""
    \b(?:
        sk-[A-Za-z0-9_-]{20,}                               # OpenAI, Anthropic
      | (?:sk|rk)_live_[A-Za-z0-9]{20,}                      # Stripe
      | gh[pousr]_[A-Za-z0-9]{30,} | github_pat_\w{30,}      # GitHub
      | glpat-[A-Za-z0-9_-]{20,}                             # GitLab
      | (?:AKIA|ASIA)[0-9A-Z]{16}                            # AWS
      | xox[abprs]-[A-Za-z0-9-]{10,}                         # Slack
      | AIza[0-9A-Za-z_-]{35} | ya29\.[0-9A-Za-z_-]{20,}     # Google
      | SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}           # SendGrid
      | hf_[A-Za-z0-9]{30,} | npm_[A-Za-z0-9]{30,}           # Hugging Face, npm
      | pat[A-Za-z0-9]{14}\.[a-f0-9]{40,}                    # Airtable
      | \d{8,10}:AA[A-Za-z0-9_-]{32,34}                      # Telegram
      | eyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.       # a signed JSON web token
    )
    | hooks\.slack\.com/services/T\w+/B\w+/\w+
    | discord(?:app)?\.com/api/webhooks/\d+/[\w-]{20,}
    | -----BEGIN\ (?:[A-Z]+\ )*PRIVATE\ KEY-----
    | [a-z][a-z0-9+.-]*://[^\s:/@{}$<>]+:[^\s:/@{}$<>]{3,}@[\w.-]+  # a password in an address
    """,
    re.VERBOSE,
)
