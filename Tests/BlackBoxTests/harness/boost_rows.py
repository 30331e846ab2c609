"""What each upstream may do to a Boost request, and what has to come of it: one row each.

A row reads: the own upstream does this, the managed one that; the client sees whose answer; so many whole
requests reached each; and money was taken for this reason, or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass

from .gateway import turn
from .sides import LIMIT

# What the client saw.
OWN = "the own answer, to the last byte"
OWN_CUT = "the own answer, cut where it was cut"
MANAGED = "the managed answer, to the last byte"
FAILED = "response.failed behind the managed answer's cut"
PROMO = "the own refusal with our own promo text"
OURS = "a sentence of our own"
TOLD = "either of the two"

USAGE = "usage_limit_reached"
EXCLUDED = "usage_not_included"


@dataclass(frozen=True)
class Row:
    name: str
    own: str
    seen: str
    asked: tuple[int, int]
    reason: str | None = None
    managed: str = "plain"
    body: dict | bytes | None = None
    grant: str | None = "5"
    fields: tuple[tuple[str, str], ...] = ()
    void: bool = False  # the managed part ended without a charge

    def __str__(self) -> str:
        return self.name


def moves(name: str, own: str, reason: str, **more: object) -> Row:
    return Row(name, own, MANAGED, (1, 1), reason, **more)


def stays(name: str, own: str, seen: str = OWN, **more: object) -> Row:
    return Row(name, own, seen, (1, 0), **more)


def after_a_move(name: str, managed: str, seen: str, reason: str | None = None, **more: object) -> Row:
    return Row(f"managed: {name}", LIMIT, seen, (1, 1), reason, managed, **more)


def sized(size: int, **more: object) -> dict:
    return turn(text="b" * size, **more)


REFUSED = "status;status=429"
STREAM = "refuse;as={};code={}"
SEALED = [
    {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "say hi"}]},
    {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "gAAAA" * 50},
    {"type": "function_call", "call_id": "c_1", "name": "exec_command", "arguments": '{"type": "reasoning"}'},
    {"summary": [{"text": 'a } ] , " \\ in it'}], "encrypted_content": "gBBBB", "type": "reasoning"},
    {"type": "function_call_output", "call_id": "c_1", "output": 'é " \\ ] }'},
]

MOVES = [
    moves("429 usage limit", LIMIT, USAGE),
    moves("429 by its type alone", f"{REFUSED};type={USAGE};ecode=null", USAGE),
    moves("429 by its code alone", f"{REFUSED};type=invalid_request_error;ecode={USAGE}", USAGE),
    moves("429 not included", f"{REFUSED};type={EXCLUDED};ecode={EXCLUDED}", EXCLUDED),
    moves("429 not included by its type", f"{REFUSED};type={EXCLUDED};ecode=null", EXCLUDED),
    moves("429 with resets_at", f"{LIMIT};resets_at=1995303730", USAGE),
    moves("429 with resets_in_seconds", f"{LIMIT};resets_in=100", USAGE),
    moves("429 with odd resets", f"{LIMIT};resets_at=-5;resets_in=1e99", USAGE),
    moves("429 in chunks", f"{LIMIT};framing=chunked;chunk=1", USAGE),
    moves("429 until close", f"{LIMIT};framing=close", USAGE),
    moves("429 byte by byte", f"{LIMIT};split=1", USAGE),
    moves("429 behind padding", f"{LIMIT};padding=20000", USAGE),
    moves("429 behind an interim head", f"{LIMIT};interim=103;interim_count=2", USAGE),
    moves("429 and close", f"{LIMIT};close", USAGE),
    moves("429 with fields", f"{LIMIT};managed_fields;retry_after=3600;field=x-codex-promo-message:own", USAGE),
    *(
        moves(f"in the stream, {form}: {code}", STREAM.format(form, code), code)
        for form in ("failed", "error", "nested")
        for code in (USAGE, EXCLUDED, "insufficient_quota", "quota_exceeded")
    ),
    moves("in the stream, nested: by its type", f"refuse;as=nested;code=x;type={USAGE}", USAGE),
    *(
        moves(f"in the stream, {name}", f"refuse;code={USAGE};{how}", USAGE)
        for name, how in {
            "at once": "handshake=0",
            "behind one event": "handshake=1",
            "behind fifteen events": "handshake=15",
            "behind 48 KiB": "handshake=8;handshake_bytes=8000",
            "slowly": "handshake=4;handshake_ms=50",
            "CRLF": "eol=crlf",
            "mixed line ends": "eol=mixed;comments;bom",
            "data lines alone": "noevent;space=0",
            "several data lines": "multiline",
            "type last": "order=last",
            "escaped keys": "order=escaped",
            "in small chunks": "chunk=3;chunk_ext;trailers",
            "byte by byte": "split=1",
            "Content-Length": "framing=cl",
            "until close": "framing=close",
            "without a last chunk": "no_last_chunk",
            "with resets": "resets_in=100",
        }.items()
    ),
    *(
        moves(f"{name}, {size} bytes of body", own, USAGE, body=sized(size))
        for name, own in {"429": LIMIT, "in the stream": f"refuse;code={USAGE}"}.items()
        for size in (70_000, 1_000_000, 5_000_000)
    ),
    Row("429 before the body is whole", f"{LIMIT};early", MANAGED, (0, 1), USAGE, body=sized(5_000_000)),
    Row(
        "in the stream before the body is whole",
        f"refuse;code={USAGE};stream=1;early",
        MANAGED,
        (0, 1),
        USAGE,
        body=sized(5_000_000),
    ),
    moves("a document is wanted", LIMIT, USAGE, body=turn(stream=False)),
]

OTHER_CODES = "rate_limit_exceeded server_error server_is_overloaded context_length_exceeded invalid_prompt".split()
BROKEN_HEADS = "nothing garbage partial-head bad-status switching te-and-cl two-cl huge-cl te-unknown obs-fold".split()
BROKEN_HEADS += ["nul", "huge-head", "many-fields"]

OWN_STAYS = [
    stays("a turn", "plain"),
    stays("a turn, large body", "plain", body=sized(5_000_000)),
    stays("a document", "plain", body=turn(stream=False)),
    stays("a document in chunks", "plain;framing=chunked;chunk=7", body=turn(stream=False)),
    stays("compressed", "plain;field=content-encoding:gzip"),
    stays("until close", "plain;framing=close"),
    stays("Content-Length", "plain;framing=cl"),
    stays("all forms of events", "plain;eol=mixed;comments;bom;multiline;order=last;noevent;space=0;done"),
    stays("byte by byte", "plain;split=1"),
    stays("a flood", "plain;events=2000;event_bytes=2000"),
    stays("no output_item.added", "plain;noadded;events=0"),
    stays("a delta first", "plain;noadded"),
    stays("no handshake", "plain;handshake=0"),
    stays("fields of all kinds", "plain;managed_fields;turn_state=t-1"),
    stays("used-percent 100", "plain;field=x-codex-primary-used-percent:100|x-codex-secondary-used-percent:100"),
    stays("sixty events before output", "plain;handshake=60"),
    stays("a handshake beyond the bound", "plain;handshake=4;handshake_bytes=60000"),
    stays("one event beyond the bound", "plain;handshake=3;handshake_bytes=300000"),
    stays("a slow handshake", "plain;handshake=4;handshake_ms=50"),
    stays("no usage", "nousage"),
    stays("incomplete", "incomplete"),
    stays("no terminal event", "unfinished"),
    stays("two terminal events", "plain;twice"),
    Row("before the body is whole", "plain;stream=1;early", OWN, (0, 0), body=sized(300_000)),
    *(
        stays(f"{status}", f"status;status={status};ecode=some_code;field=x-own:1|x-own:2")
        for status in (400, 401, 402, 403, 404, 408, 409, 413, 422, 425, 451, 500, 502, 503, 504, 529)
    ),
    *(
        stays(f"{status} with the words of a used-up quota", f"status;status={status};type={USAGE};ecode={USAGE}")
        for status in (400, 402, 403, 500, 503)
    ),
    *(stays(f"{status}", f"status;status={status};location=/elsewhere") for status in (301, 302, 307, 308)),
    stays("429 rate limit", f"{REFUSED};type=rate_limit_error;ecode=rate_limit_exceeded;retry_after=2"),
    stays("429 insufficient quota", f"{REFUSED};type=insufficient_quota;ecode=insufficient_quota"),
    stays("429 other types", f"{REFUSED};type=rate_limit_reached;ecode=spend_cap_reached"),
    stays("429 in the message alone", f"{REFUSED};message={USAGE}"),
    stays("429 text", f"{REFUSED};body=text;message={USAGE}"),
    stays("429 HTML", f"{REFUSED};body=html;message={USAGE}"),
    stays("429 empty", f"{REFUSED};body=empty"),
    stays("429 detail", f"{REFUSED};body=detail;message={USAGE}"),
    stays("429 whose document is cut", f"{LIMIT};cut", OWN_CUT),
    *(
        stays(f"in the stream, {form}: {code}", STREAM.format(form, code))
        for form in ("failed", "error", "nested")
        for code in OTHER_CODES
    ),
    *(stays(f"after output: {code}", f"failed;code={code}") for code in (USAGE, EXCLUDED, "insufficient_quota")),
    stays("a used-up quota behind sixty events", f"refuse;code={USAGE};handshake=60"),
    stays("a used-up quota behind 200 KB", f"refuse;code={USAGE};handshake=5;handshake_bytes=70000"),
    stays("cut before any event", "cut;after=0", OWN_CUT),
    stays("cut behind the first event", "cut;after=1", OWN_CUT),
    stays("cut inside the handshake", "cut;after=1;mid", OWN_CUT),
    stays("cut after output", "cut;after=5", OWN_CUT),
    stays("cut inside an event", "cut;after=5;mid", OWN_CUT),
    stays("cut before the final event", "cut", OWN_CUT),
    stays("cut inside the final event", "cut;mid", OWN_CUT),
    stays("reset", "cut;how=rst", OWN_CUT),
    stays("reset inside the handshake", "cut;after=1;how=rst", OWN_CUT),
    stays("Content-Length not reached", "cut;framing=cl", OWN_CUT),
    stays("a cut document", "cut", OWN_CUT, body=turn(stream=False)),
    stays("no last chunk", "plain;no_last_chunk", OWN_CUT),
    *(stays(f"a broken head: {kind}", f"broken;kind={kind}", OURS) for kind in BROKEN_HEADS),
    *(
        stays(f"a broken chunk: {kind}", f"broken;kind={kind};split=135;split_ms=50", OWN_CUT)
        for kind in ("bad-chunk", "negative-chunk", "huge-chunk", "chunk-without-end", "chunk-bare-lf")
    ),
    Row("closes inside the body", "body_cut;after=1000", OURS, (0, 0), body=sized(2_000_000)),
]

HOSTED = turn(tools=[{"type": "code_interpreter", "container": {"type": "auto"}}])
PROMO_OF_OWN = "field=x-codex-promo-message:buy-elsewhere|x-own:kept"
# Refused by us, so the own refusal stands. Money is named to the customer; other reasons are not his to settle.
HELD_BACK = [
    stays("no money: 429", f"{LIMIT};{PROMO_OF_OWN}", PROMO, grant=None),
    stays("no money: 429 not included", f"{REFUSED};type={EXCLUDED};ecode={EXCLUDED}", PROMO, grant=None),
    stays("no money: in the stream", f"refuse;code={USAGE}", grant=None),
    stays("no money: an error event", "refuse;as=error;code=insufficient_quota;handshake=9", grant=None),
    stays("too little money for this body", LIMIT, PROMO, grant="0.02", body=sized(5_000_000, max_output_tokens=9**7)),
    *(
        stays(name, f"{LIMIT};{PROMO_OF_OWN}", body=body)
        for name, body in {
            "background": turn(background=True),
            "conversation": turn(conversation="conv_1"),
            "previous response": turn(previous_response_id="resp_1"),
            "hosted tool": HOSTED,
            "hosted tool behind a large input": turn(zzz="q" * 300_000, tools=HOSTED["tools"]),
            "not JSON": b"this is not JSON at all",
            "half an object": b'{"model":"gpt-5.4-mini","stream":true',
        }.items()
    ),
    stays("background: in the stream", f"refuse;code={USAGE}", body=turn(background=True)),
    *(
        stays(
            f"{coding} body",
            f"{LIMIT};{PROMO_OF_OWN}",
            body=b"\x28\xb5\x2f\xfd\x00" * 50,
            fields=(("content-encoding", coding),),
        )
        for coding in ("zstd", "gzip")
    ),
]

MANAGED_AFTER = [
    after_a_move("a document", "plain", MANAGED, USAGE, body=turn(stream=False)),
    after_a_move("until close", "plain;framing=close", MANAGED, USAGE),
    after_a_move("Content-Length", "plain;framing=cl", MANAGED, USAGE),
    after_a_move("all forms of events", "plain;eol=mixed;comments;bom;multiline;order=last", MANAGED, USAGE),
    after_a_move("a flood", "plain;events=2000;event_bytes=2000", MANAGED, USAGE),
    after_a_move("a long handshake", "plain;handshake=60;handshake_bytes=5000", MANAGED, USAGE),
    after_a_move("incomplete", "incomplete", MANAGED, USAGE),
    after_a_move("no usage", "nousage", MANAGED, void=True),
    after_a_move("failed", "failed;code=server_error", MANAGED, void=True),
    after_a_move("failed before output", "refuse;code=rate_limit_exceeded", MANAGED, void=True),
    after_a_move("cut", "cut", FAILED, void=True),
    after_a_move("cut inside an event", "cut;after=4;mid", FAILED, void=True),
    after_a_move("reset", "cut;how=rst", FAILED, void=True),
    *(
        after_a_move(f"before output: {scenario}", scenario, TOLD, void=True)
        for scenario in (
            "cut;after=0",
            "cut;after=1",
            "cut;after=1;mid",
            "cut;after=1;how=rst",
            "broken;kind=bad-chunk",
            "broken;kind=bad-chunk;split=135;split_ms=20",
            "broken;kind=chunk-without-end",
        )
    ),
    *(
        after_a_move(f"{status}", f"status;status={status};ecode=some_code;retry_after=3", MANAGED)
        for status in (400, 404, 413, 422, 500, 502, 503, 504)
    ),
    after_a_move("429 rate limit", f"{REFUSED};type=rate_limit_error;ecode=rate_limit_exceeded", MANAGED),
    *(
        after_a_move(name, f"{scenario};message=key sk-abc of org-stub", OURS)
        for name, scenario in {
            "401": "status;status=401;ecode=invalid_api_key",
            "403": "status;status=403",
            "307": "status;status=307;location=https://elsewhere.example.test/",
            "quota": f"{REFUSED};type=insufficient_quota;ecode=insufficient_quota",
            "usage limit": f"{LIMIT};resets_at=1995303730",
        }.items()
    ),
    after_a_move("a broken head", "broken;kind=garbage", OURS),
    after_a_move("a broken 2xx", "broken;kind=te-and-cl", OURS),
]

# On `invalid_encrypted_content`, once more to the same side without the reasoning items.
REASONING = turn(input=SEALED)
LARGE_REASONING = turn(input=[*SEALED, {"type": "reasoning", "encrypted_content": "z" * 3_000_000}, *SEALED])
SEAL = "status;status=400;ecode=invalid_encrypted_content"
RETRIED = [
    *(
        Row(f"own cannot open the reasoning: {how}", f"plain;sealed={how}", OWN, (2, 0), body=REASONING)
        for how in ("document", "failed", "error", "nested")
    ),
    Row("own cannot open much reasoning", "plain;sealed=document", OWN, (2, 0), body=LARGE_REASONING),
    Row("own still cannot", f"{SEAL};x=1", OWN, (2, 0), body=REASONING),
    stays("own complains without reasoning", SEAL),
    stays("own complains in the stream without reasoning", "refuse;code=invalid_encrypted_content"),
    stays("own complains after output", "failed;code=invalid_encrypted_content", body=REASONING),
    stays("own complains of a compressed body", SEAL, body=b"\x28\xb5\x2f\xfd", fields=(("content-encoding", "zstd"),)),
    Row("no money is needed for it", "plain;sealed=document", OWN, (2, 0), body=REASONING, grant=None),
    *(
        Row(f"managed cannot open it: {how}", LIMIT, MANAGED, (1, 2), USAGE, f"plain;sealed={how}", REASONING)
        for how in ("document", "failed", "error", "nested")
    ),
    Row("managed cannot open much reasoning", LIMIT, MANAGED, (1, 2), USAGE, "plain;sealed=document", LARGE_REASONING),
    Row("managed still cannot", LIMIT, MANAGED, (1, 2), None, SEAL, REASONING),
    Row("managed complains without reasoning", LIMIT, MANAGED, (1, 1), None, SEAL),
    Row("own retries, then is used up", f"{LIMIT};sealed=document", MANAGED, (2, 1), USAGE, body=REASONING),
    Row("both cannot", f"{LIMIT};sealed=failed", MANAGED, (2, 1), USAGE, "plain;sealed=failed", REASONING),
]
