"""A second council, made as anybody makes theirs: small, quarterly, every optional list empty, its own codes.

Here belong its answers and its plan. Not here: what is expected of it.
"""

from __future__ import annotations

OPTIONS = (
    "--name",
    "Northmoor Council",
    "--code",
    "E99000001",
    "--email-domain",
    "northmoor.example",
    "--directorate",
    "OPS=Operations",
    "--directorate",
    "GRO=Growth and skills",
    "--first-year",
    "2025/26",
    "--periods",
    "quarters",
    "--post",
    "Section 151 officer=s151",
    "--post",
    "Chief accountant=finance",
)
ANSWERS = """\
council_name = "Northmoor Council"
council_code = "E99000001"
email_domain = "northmoor.example"
first_year = "2025/26"
periods = "quarters"

[directorates]
OPS = "Operations"
GRO = "Growth and skills"

[posts]
"Section 151 officer" = "s151"
"Chief accountant" = "finance"
"""
