"""Mail for playctl: a plug-in (uses: process) that gives letters to an SMTP server.

A letter's Message-ID is made of the effect's key. What was sent is looked up by it in the server's log (setting `log`, as Exim and Postfix write it),
so that a letter whose fate is in doubt is sent neither twice nor never; without a log a person is asked.
"""
import json, re, smtplib, sys
from email.message import EmailMessage
from urllib.parse import urlsplit

settings = {}


def describe(p):
    settings.update(p["settings"])
    known = "log" in settings
    return {"protocol": 1, "title": "mail by SMTP", "methods": ["check", "write"] + ["lookup"] * known, "batch": 50,
            "settings": [{"name": "server", "required": True, "help": "smtp://HOST:PORT"},
                         {"name": "from", "required": True, "help": "the sender's address"},
                         {"name": "log", "help": "the server's log, where letters can be looked up"}],
            "actions": [{"name": "message", "retry": "lookup" if known else "never"}]}


def connect():
    to = urlsplit(settings["server"])
    return smtplib.SMTP(to.hostname, to.port or 25, timeout=30)


def message_id(key):
    return f"<{key}@playctl.{settings['from'].rpartition('@')[2]}>"


def letter(item):
    m, fields = EmailMessage(), item.get("fields", {})
    to = fields.get("to") or item["id"]
    m["From"], m["To"] = settings["from"], ", ".join(to) if isinstance(to, list) else to
    m["Subject"], m["Message-ID"] = fields.get("subject") or fields["text"].splitlines()[0], message_id(item["key"])
    m.set_content(fields["text"])
    return m


def send(server, item):
    try:
        server.send_message(letter(item))
    except smtplib.SMTPServerDisconnected as e:  # after DATA it may have taken the letter
        return {"status": "in doubt", "reason": str(e)}
    except smtplib.SMTPRecipientsRefused as e:
        code, text = next(iter(e.recipients.values()))
        return {"status": "later" if code < 500 else "rejected", "reason": f"{code} {text.decode(errors='replace')}"}
    except smtplib.SMTPResponseException as e:
        return {"status": "later" if e.smtp_code < 500 else "rejected", "reason": f"{e.smtp_code} {e.smtp_error.decode(errors='replace')}"}
    except (KeyError, ValueError) as e:
        return {"status": "rejected", "reason": f"no letter can be made of it: {e}"}
    return {"status": "done", "receipt": message_id(item["key"])}


def write(p):
    with connect() as server:
        return {"outcomes": [send(server, item) for item in p["items"]]}


def lookup(p):
    wanted = {message_id(key)[1:-1]: key for key in p["keys"]}
    with open(settings["log"], errors="replace") as log:
        ids = {m for line in log if " <= " in line or "message-id=" in line for m in re.findall(r"\b(?:message-)?id=<?([^\s>]+)", line)}
    return {"found": {key: f"<{i}>" for i, key in wanted.items() if i in ids}}


def check(p):
    with connect() as server:
        server.noop()
    return {}


for line in sys.stdin:
    call = json.loads(line)
    if "id" not in call:  # a cancellation: one letter after the other is sent here
        continue
    answer = {"jsonrpc": "2.0", "id": call["id"]}
    try:
        answer["result"] = {"describe": describe, "check": check, "write": write, "lookup": lookup}[call["method"]](call["params"])
    except ConnectionRefusedError as e:
        answer["error"] = {"code": 2, "message": f"{settings['server']}: {e}"}
    except Exception as e:
        answer["error"] = {"code": 0, "message": f"{type(e).__name__}: {e}"}
    print(json.dumps(answer), flush=True)
