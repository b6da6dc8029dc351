"""E-mail (RFC 5322, MIME) and mbox (RFC 4155): the body, and attachments as files of their own."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from typing import BinaryIO
from urllib.parse import quote

from graphwright.pipeline.errors import CorpusError
from graphwright.pipeline.readers.html import html_text
from graphwright.pipeline.readers.source import Attachment, Passage, Source
from graphwright.pipeline.readers.text import check_text, decode, encoding_metadata

HEADERS = {"title": "subject", "from": "from", "to": "to", "date": "date", "messageId": "message-id"}
SEPARATOR = b"From "


def read(source: Source) -> Iterator[Passage | Attachment]:
    """A passage for each message; ``part`` is the message's number in an mbox, "" for a single message."""
    if not source.name.lower().endswith(".mbox"):
        yield from _message(source.stream.read(), "")
        return
    for number, data in enumerate(_messages(source.stream), start=1):
        try:
            yield from _message(data, str(number))
        except CorpusError as error:
            source.reject(str(number), str(error))


def _messages(stream: BinaryIO) -> Iterator[bytes]:
    """Messages of an mbox, one at a time: each opens with a line "From ..." after a blank line."""
    lines: list[bytes] = []
    blank = True
    for line in stream:
        if blank and line.startswith(SEPARATOR):
            if any(map(bytes.strip, lines)):
                yield b"".join(lines)
            lines = []
        else:
            lines.append(line[1:] if line.startswith(b">From ") else line)
        blank = not line.strip()
    if any(map(bytes.strip, lines)):
        yield b"".join(lines)


def _message(data: bytes, part: str) -> Iterator[Passage | Attachment]:
    check_text(data)
    message = message_from_bytes(data, policy=policy.default)
    if not isinstance(message, EmailMessage) or not any(name in message for name in HEADERS.values()):
        raise CorpusError("this is not an e-mail: it has no header such as From, Subject or Date")
    metadata = {name: " ".join(str(message[header]).split()) for name, header in HEADERS.items() if message[header]}
    body = message.get_body(preferencelist=("plain", "html"))
    attachments = list(_attachments(message, body))
    if body is not None:
        text, more = _body_text(body)
        if text.strip() or not attachments:
            yield Passage(text, part, more | metadata)
    for number, attached in zip(itertools.count(1), attachments, strict=False):
        name = attached.get_filename() or f"attachment-{number}{_extension(attached)}"
        place = "/".join(filter(None, (part, str(number), quote(name, safe=""))))
        yield Attachment(name, _payload(attached), place)


def _attachments(message: MIMEPart, body: MIMEPart | None) -> Iterator[MIMEPart]:
    """Parts that are files: those with a name, and messages that were forwarded whole."""
    for attached in message.iter_attachments():
        if isinstance(attached, MIMEPart) and attached is not body:
            if attached.is_multipart() and attached.get_content_maintype() == "multipart":
                yield from _attachments(attached, body)
            elif attached.get_filename() or attached.get_content_type() == "message/rfc822":
                yield attached


def _extension(attached: MIMEPart) -> str:
    return ".eml" if attached.get_content_type() == "message/rfc822" else ""


def _payload(attached: MIMEPart) -> bytes:
    if attached.get_content_type() == "message/rfc822":
        inner = attached.get_payload(0)
        return inner.as_bytes() if isinstance(inner, MIMEPart) else b""
    data = attached.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _body_text(body: MIMEPart) -> tuple[str, dict[str, str]]:
    charset = body.get_content_charset()
    text, encoding = decode(_payload(body), None if charset in {"utf-8", "us-ascii"} else charset)
    if body.get_content_type() == "text/html":
        text = html_text(text)[0]
    return text, encoding_metadata(encoding)
