"""stub"""


def page(document: dict) -> str:  # type: ignore
    return ""
