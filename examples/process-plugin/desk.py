"""A desk for playctl: lists and tasks in a SQLite file. It shows how to write a plug-in (uses: process) with nothing but Python's standard library.

The protocol is in pkg/connector/process/README.md: a call a line on standard input, an answer a line on standard output. What is printed to
standard error is told where a call fails.
"""
import json, sqlite3, sys

db = None


class Refused(Exception):
    """Args are a code of the protocol and what is wrong: 1 there is no such list, 2 nothing was done."""


def describe(p):
    global db
    db = sqlite3.connect(p["settings"]["file"], isolation_level=None)
    db.executescript("""CREATE TABLE IF NOT EXISTS list (name TEXT PRIMARY KEY);
        CREATE TABLE IF NOT EXISTS member (list TEXT, id TEXT, PRIMARY KEY (list, id));
        CREATE TABLE IF NOT EXISTS task (n INTEGER PRIMARY KEY, key TEXT UNIQUE, title TEXT, assignee TEXT, status TEXT, outcome TEXT)""")
    return {"protocol": 1, "title": "a desk in a SQLite file", "methods": ["members", "collections", "create", "tasks", "lookup", "write"],
            "settings": [{"name": "file", "required": True, "help": "the SQLite file"}],
            "collections": [{"name": "list"}], "tasks": [{"name": "todo", "retry": "key"}]}


def members(p):
    known(p["collection"]["name"])
    return {"ids": [row[0] for row in db.execute("SELECT id FROM member WHERE list = ? ORDER BY id", [p["collection"]["name"]])]}


def known(name):
    if not db.execute("SELECT 1 FROM list WHERE name = ?", [name]).fetchone():
        raise Refused(1, "there is no such list")


def collections(p):
    return {"names": [row[0] for row in db.execute("SELECT name FROM list")]}


def create(p):
    db.execute("INSERT OR IGNORE INTO list VALUES (?)", [p["collection"]["name"]])


def tasks(p):
    rows = db.execute("SELECT n, status, outcome FROM task WHERE n IN (SELECT value FROM json_each(?))", [json.dumps(p["receipts"])])
    return {"found": {str(n): {"status": status, "outcome": outcome or ""} for n, status, outcome in rows}}


def lookup(p):
    rows = db.execute("SELECT key, n FROM task WHERE key IN (SELECT value FROM json_each(?))", [json.dumps(p["keys"])])
    return {"found": {key: str(n) for key, n in rows}}


def write(p):
    if p["verb"] in ("add", "remove"):
        known(p["target"]["name"])
    db.execute("BEGIN IMMEDIATE")  # all of a batch or nothing of it, so that no error leaves doubt
    try:
        outcomes = [globals()[p["verb"]](p["target"].get("name"), item) for item in p["items"]]
        db.execute("COMMIT")
        return {"outcomes": outcomes}
    except BaseException:
        db.execute("ROLLBACK")
        raise


def changed(cursor, receipt=""):
    return {"status": "done" if cursor.rowcount else "already", "receipt": receipt}


def add(name, item):
    return changed(db.execute("INSERT OR IGNORE INTO member VALUES (?, ?)", [name, item["id"]]))


def remove(name, item):
    return changed(db.execute("DELETE FROM member WHERE list = ? AND id = ?", [name, item["id"]]))


def task(_, item):
    fields = item.get("fields", {})
    cursor = db.execute("INSERT OR IGNORE INTO task (key, title, assignee, status) VALUES (?, ?, ?, 'open')", [item["key"], fields.get("title"), fields.get("assignee")])
    return changed(cursor, str(db.execute("SELECT n FROM task WHERE key = ?", [item["key"]]).fetchone()[0]))


def cancel(_, item):
    return changed(db.execute("UPDATE task SET status = 'cancelled' WHERE CAST(n AS TEXT) = ? AND status = 'open'", [item["id"]]))


for line in sys.stdin:
    call = json.loads(line)
    if call["method"] == "cancel" and "id" not in call:  # nobody waits any more; one call after the other is answered here, and soon
        continue
    answer = {"jsonrpc": "2.0", "id": call["id"]}
    try:
        answer["result"] = globals()[call["method"]](call["params"])
    except Refused as e:
        answer["error"] = {"code": e.args[0], "message": e.args[1]}
    except Exception as e:  # in a write: everything was rolled back
        answer["error"] = {"code": 2, "message": f"{type(e).__name__}: {e}"}
    print(json.dumps(answer), flush=True)
