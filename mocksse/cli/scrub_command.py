"""`mocksse scrub`: the redaction of a recording, done to cassettes that are there already; `--check` only looks.

A cassette without findings is not touched. One that has some is written anew, beside the old one, read back and put in
its place; what people wrote in it as comments goes with the old one.
"""

from __future__ import annotations

import json

import click

from mocksse.errors import EXIT_CHECK, EXIT_OK, EXIT_USAGE

_RECORD_ANEW = "record it without Accept-Encoding"


@click.command(
    epilog="""\b
mocksse scrub cassettes/
mocksse scrub --check cassettes/                 for a pre-commit hook: changes nothing, exit code 1 on a finding
mocksse scrub old.yaml --keep-header x-request-id"""
)
@click.argument("paths", nargs=-1, required=True, type=click.Path())
@click.option("--check", is_flag=True, help="Change nothing; exit code 1 where there is something to blot.")
@click.option("--keep-header", "keep", multiple=True, metavar="NAME", help="Leave this header as it is. Repeatable.")
@click.option("--json", "as_json", is_flag=True, help="The findings as JSON.")
def command(paths: tuple[str, ...], check: bool, keep: tuple[str, ...], as_json: bool) -> int:
    """Blot credentials and what identifies an account out of cassettes. file:line for each finding, never the secret.

    Exit code 1 where something stays that can't be blotted, 2 where a file is not valid.
    """
    from mocksse.cassette.library import find
    from mocksse.cassette.load import read
    from mocksse.cassette.save import write
    from mocksse.cassette.scrub import scrub
    from mocksse.cli.options import note, redaction_said
    from mocksse.errors import CassetteError
    from mocksse.figures import plural, printable

    rules = redaction_said(keep)
    files = find(paths)
    findings: list[dict[str, str]] = []
    changed: list[str] = []
    stays = wrong = False
    for _, path in files:
        try:
            scrubbed = scrub(read(path), str(path), rules)
        except CassetteError as error:
            wrong = True
            findings.append({"where": error.where, "message": error.reason, "hint": error.hint})
            continue
        findings += (
            {"where": f"{path}:{found.line}", "message": found.what, "hint": _RECORD_ANEW if found.stays else ""}
            for found in scrubbed.findings
        )
        stays = stays or any(found.stays for found in scrubbed.findings)
        if not check and not all(found.stays for found in scrubbed.findings):
            write(path, scrubbed.cassette)
            changed.append(str(path))
    if as_json:
        value = {"files": len(files), "findings": findings, "scrubbed": changed}
        click.echo(json.dumps(value, ensure_ascii=False, indent=1))
    else:
        for finding in findings:
            hint = f" ({finding['hint']})" if finding["hint"] else ""
            click.echo(printable(f"{finding['where']}: {finding['message']}{hint}"))
        done = f", {plural(len(changed), 'cassette')} scrubbed" if changed else ""
        found_text = plural(len(findings), "finding") if findings else "nothing to blot"
        note(f"{plural(len(files), 'cassette')}: {found_text}{done}")
    if wrong:
        return EXIT_USAGE
    return EXIT_CHECK if stays or (check and findings) else EXIT_OK
